"""A backend as a layer: what options its call takes, how it pads with stride, and its reference."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.backends.protocol import OPTIONS, Unsupported
from conv2d_conformance.cases.layers import make_layer
from conv2d_conformance.definition.correlation import orient
from conv2d_conformance.definition.expectation import Expectation, oriented, result_shape
from conv2d_conformance.definition.padding import SAME_PADDING_RULES, SamePaddingRule, reach
from conv2d_conformance.errors import NonconformanceError, RaisedError, Refused, WrongShapeError

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array, Exact, Orientation
    from conv2d_conformance.definition.padding import Pads
    from conv2d_conformance.runtime.call_guard import GuardedBackend
    from conv2d_conformance.under_test.called_backend import CalledBackend

# One layer for each option, so that a call that declares nothing is asked what it takes.
SMALLEST = {
    "batch": make_layer((6, 7), (3, 3), channels=(2, 1, 1, 1)),
    "stride": make_layer((6, 7), (3, 3), stride=(2, 2)),
    "dilation": make_layer((6, 7), (3, 3), dilation=(2, 2)),
    "groups": make_layer((6, 7), (3, 3), channels=(1, 2, 2, 2)),
    "explicit": make_layer((6, 7), (3, 3), ((1, 1), (1, 1))),
    "negative": make_layer((6, 7), (3, 3), ((-1, 0), (0, 0))),
    "output_padding": make_layer(
        (6, 7), (3, 3), stride=(2, 2), output_padding=(1, 1), operation="conv_transpose2d"
    ),
}
# What nobody computes alike, if at all.
ODD = {
    "empty batch": make_layer((6, 7), (3, 3), "same", (0, 3, 4, 1)),
    "kernel larger than image": make_layer((4, 4), (5, 5), "valid", (1, 2, 3, 1)),
    "no output for dilation": make_layer((5, 5), (3, 3), "valid", (1, 2, 3, 1), dilation=(3, 3)),
    "same with stride": make_layer((7, 8), (3, 3), "same", (1, 2, 3, 1), (2, 2)),
    "stride with dilation": make_layer((9, 9), (3, 3), "valid", (1, 2, 3, 1), (2, 2), (2, 2)),
    "asymmetric pads": make_layer((6, 7), (3, 3), ((1, 0), (0, 2)), (1, 2, 3, 1)),
    "negative pads": make_layer((6, 7), (3, 3), ((-1, 0), (0, -1)), (1, 2, 3, 1)),
    "groups": make_layer((6, 7), (3, 3), "valid", (1, 4, 6, 2)),
}
# Each parity of image, kernel and stride.
STRIDED = tuple(
    make_layer((n, n), (m, m), "same", stride=(s, s)) for n, m, s in product((7, 8), (2, 3), (2, 3))
)

NO_RULE = "no known rule of `same`, or no zeros outside the image, to judge layers by"


class Layers:
    """The layers of one subject."""

    def __init__(self, subject: CalledBackend) -> None:
        self._subject = subject
        self._made: dict[tuple[str, bool], GuardedBackend] = {}

    @cached_property
    def options(self) -> tuple[str, ...]:
        """Declared options, or those with which a call that declares nothing gave a result."""
        spec = self._subject.spec
        if self._subject.declares:
            return spec.options
        return tuple(word for word in OPTIONS if word in spec.options and self._takes(word))

    def _takes(self, option: str) -> bool:
        layer = replace(SMALLEST[option], dtype=self._subject.plain_dtype)
        try:
            self.call(layer)
        except (NonconformanceError, Unsupported):
            return False
        return True

    def lacks(self, layer: Layer) -> str | None:
        """Why the call does not take a layer, or None if it does."""
        spec = self._subject.spec
        missing = [word for word in OPTIONS if word in layer.features and word not in self.options]
        if missing and not self.options:
            return "the call takes an image and a kernel alone"
        if missing:
            return f"the call takes no {', '.join(missing)}"
        if isinstance(layer.padding, str) and layer.padding not in self._subject.paddings:
            return f"the call has no padding {layer.padding!r}"
        if layer.dtype not in self._subject.dtypes:
            return f"{layer.dtype} is not declared"
        if layer.layout and layer.layout not in spec.layouts[1:]:
            return f"the adapter has no layout {layer.layout!r} beside its own"
        if layer.differentiated and not spec.differentiates:
            return "the adapter has no gradients"
        if layer.followed and not spec.fuses:
            return "the adapter does not follow the call with anything"
        refused = next((words for words in spec.refuses if layer.features.issuperset(words)), None)
        return f"refuses {' with '.join(refused)}, as declared" if refused else None

    def call(self, layer: Layer) -> Array:
        """Call the backend on a layer.

        Raises
        ------
        Unsupported
            If the adapter says that the call has no such thing.
        RaisedError, WrongShapeError
            If the call raises, or returns no array.
        """
        return self._result(layer, self._backend_for(layer).conv2d, *layer.arrays(), layer.padding)

    def gradients(self, layer: Layer, cotangent: Array) -> tuple[Array, Array]:
        """The framework's gradients of ⟨conv2d(img, k), cotangent⟩ by image and kernel."""
        call = self._backend_for(layer).gradients
        found = self._try(layer, call, *layer.arrays(), layer.padding, cotangent)
        if not isinstance(found, tuple) or [type(a) for a in found] != [np.ndarray] * 2:
            msg = f"{self._subject.spec.call}: the gradients are no pair of arrays"
            raise WrongShapeError(msg)
        return found

    def fused(self, layer: Layer, bias: Array, addend: Array) -> Array:
        """The call followed by bias, addition and ReLU; raises as `call`."""
        call = self._backend_for(layer).fused
        return self._result(layer, call, *layer.arrays(), layer.padding, bias, addend)

    def _result(self, layer: Layer, call: Any, *operands: Any) -> Array:
        result = self._try(layer, call, *operands)
        if type(result) is not np.ndarray:
            msg = f"{self._subject.spec.call} returned a {type(result).__name__}, not an ndarray"
            raise WrongShapeError(msg)
        return result

    def _try(self, layer: Layer, call: Any, *operands: Any) -> Any:
        try:
            return call(*operands, **layer.keywords)
        except (Unsupported, NonconformanceError):
            raise
        except Exception as error:
            msg = f"{self._subject.spec.call} raised {type(error).__name__}: {error}"
            raise RaisedError(msg) from error

    def _backend_for(self, layer: Layer) -> GuardedBackend:
        """The backend in the layer's layout, and where the layer may do no harm."""
        key = layer.layout, layer.risky
        if key not in self._made:
            guarded = self._subject.apart if layer.risky else self._subject.guarded
            made = guarded.with_layout(layer.layout) if layer.layout else guarded
            self._made[key] = made
        return self._made[key]

    @cached_property
    def padded(self) -> dict[str, list[int]]:
        """Rows before and after the image under ``same`` with a stride, by layer; or nothing.

        Read off index maps: the image is numbered, the kernel a single one at its last element.
        """
        found = {}
        for layer, before in self._measured_pads.items():
            windows = -(-layer.image[0] // layer.stride[0])
            span = (windows - 1) * layer.stride[0] + layer.kernel[0]
            found[layer.id] = [before, max(span - before - layer.image[0], 0)]
        return found

    @cached_property
    def _measured_pads(self) -> dict[Layer, int]:
        asked = [replace(layer, dtype=self._subject.plain_dtype) for layer in STRIDED]
        answers = {layer: self._before(layer) for layer in asked if not self.lacks(layer)}
        return {layer: before for layer, before in answers.items() if before is not None}

    def _before(self, layer: Layer) -> int | None:
        img, k = (np.zeros_like(a) for a in layer.arrays())
        img[...] = np.arange(1, img.size + 1).reshape(img.shape)
        orient(k, self._subject.conventions.orientation or "correlation")[-1, -1] = 1
        try:
            result = self._result(layer, self._subject.guarded.conv2d, img, k, "same")
        except (NonconformanceError, Unsupported):
            return None
        if result.ndim != 2 or not result.size or not np.isfinite(float(result[0, 0])):
            return None
        row, column = divmod(round(float(result[0, 0])) - 1, layer.image[1])
        last = reach(layer.kernel, layer.options)
        return last[0] - row if last[0] - row == last[1] - column else None

    @cached_property
    def rule(self) -> SamePaddingRule | None:
        """The first rule that explains every padding that was measured, None if none does."""
        return next((rule for rule in SAME_PADDING_RULES if self._explains(rule)), None)

    def _explains(self, rule: SamePaddingRule) -> bool:
        anchored = self._subject.conventions.anchor("rows") in (None, rule.align)
        return anchored and all(
            rule.pads(layer)[0][0] == before for layer, before in self._measured_pads.items()
        )

    @property
    def expectation(self) -> Expectation:
        """How the call was measured to read a layer.

        Without a rule of ``same`` it has the first one, which `pads` does not let a layer use.

        Raises
        ------
        Refused
            If there is no single orientation, or the boundary is not of zeros.
        """
        orientation = self._known_orientation
        return Expectation(orientation, self._rule_of_zeros, self._subject.sums_directly)

    def exact(self, layer: Layer) -> Exact:
        """The exact result under the measured orientation and the measured rule of ``same``."""
        expectation = self.expectation
        self.pads(layer)
        with self._subject.cost.charge("reference"):
            return expectation.exact(layer, *layer.arrays())

    def reads(self, k: Array) -> Array:
        """The kernel (O, C/G, Kh, Kw) as the call reads it."""
        return oriented(k, self._known_orientation)

    @property
    def _known_orientation(self) -> Orientation:
        if self.orientation is None:
            reason = "the probe found no single orientation to judge by"
            raise Refused(reason)
        return self.orientation

    @property
    def orientation(self) -> Orientation | None:
        """How the call was measured to read its kernel."""
        return self._subject.conventions.orientation

    def pads(self, layer: Layer) -> Pads:
        """What the call pads: `same` by the measured rule, or the declared one if none explains it.

        Raises
        ------
        Refused
            If there is neither, or the boundary is not of zeros.
        """
        if layer.padding == "same" and not (self.rule or self._declared):
            raise Refused(NO_RULE)
        return self._rule_of_zeros.pads(layer)

    @property
    def _rule_of_zeros(self) -> SamePaddingRule:
        """The rule, if there are zeros outside the image."""
        if self._subject.conventions.boundary not in ("zeros", None):
            raise Refused(NO_RULE)
        return self.rule or self._declared or SAME_PADDING_RULES[0]

    @property
    def _declared(self) -> SamePaddingRule | None:
        spec = self._subject.spec
        return (
            SamePaddingRule(spec.strided_same, spec.anchor)
            if spec.strided_same and spec.anchor
            else None
        )

    def size(self, layer: Layer) -> tuple[int, ...]:
        """Shape that the result must have."""
        return result_shape(layer, self.pads(layer))

    def facts(self) -> dict[str, Any]:
        """Facts about layers, ready for JSON."""
        told = None if self.rule is None else self.rule.strided
        return {
            "options": list(self.options),
            "gradients": self._subject.spec.differentiates,
            "fused": self._subject.spec.fuses,
            "layouts": list(self._subject.spec.layouts),
            "strided_same": told if self.padded else "refused",
            "strided_same_pads": self.padded,
            "answers": {words: self._answer(layer) for words, layer in ODD.items()},
        }

    def _answer(self, layer: Layer) -> str:
        """The shape of the result, or how the call refuses; without options nothing is asked."""
        if not self.options:
            return "not asked"
        try:
            shape = self.call(replace(layer, dtype=self._subject.plain_dtype)).shape
        except Unsupported as reason:
            return f"unsupported: {reason}"
        except NonconformanceError as error:
            said = str(error).removeprefix(f"{self._subject.spec.call} ")
            return said.splitlines()[0][:200]
        return "x".join(map(str, shape))
