"""The convolution of a backend under test: planes, and layers with a measured rule of `same`."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.cases.case import Case
from conv2d_conformance.cases.layers import is_layer
from conv2d_conformance.definition.correlation import orient
from conv2d_conformance.definition.expectation import Expectation
from conv2d_conformance.definition.padding import SAME_PADDING_RULES, SamePaddingRule, reach
from conv2d_conformance.errors import Refused
from conv2d_conformance.under_test.called_backend import NO_RESULT
from conv2d_conformance.under_test.layer_calls import ODD, STRIDED, LayerCalls
from conv2d_conformance.under_test.layers import Layers, known_orientation
from conv2d_conformance.under_test.planes import Planes

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Orientation
    from conv2d_conformance.definition.padding import Pads
    from conv2d_conformance.under_test.called_backend import CalledBackend

NO_RULE = "no known rule of `same`, or no zeros outside the image, to judge layers by"


class Convolution:
    """The operation ``conv2d`` of one backend."""

    def __init__(self, backend: CalledBackend) -> None:
        self._backend = backend
        self.planes = Planes(backend)

    @cached_property
    def layers(self) -> Layers:
        """The call as a layer: with channels, stride, dilation and groups."""
        calls = LayerCalls(self._backend)
        return Layers(self._backend, calls, MeasuredSame(self._backend, calls, self.planes))

    @property
    def paddings(self) -> tuple[str, ...]:
        """Declared paddings, or those that gave a result."""
        return self.planes.paddings

    @property
    def dtypes(self) -> tuple[str, ...]:
        """Declared dtypes, or those that gave a result."""
        return self.planes.dtypes

    def sums_directly_in(self, dtype: str) -> bool:
        """Return whether it sums directly in a dtype, under kernels of every size."""
        return self.planes.sums_directly_in(dtype)

    def facts(self) -> dict[str, Any]:
        """Return everything measured, by name and ready for JSON: the probe's facts first."""
        found = self.planes.facts()
        if self.planes.conventions.orientation is not None:
            with self._backend.cost.charge("probe"):
                found["layers"] = self.layers.facts()
        return found

    def lacks(self, case: object) -> str | None:
        """Return why the call does not take a case, or None if it does."""
        if is_layer(case):
            return self.layers.lacks(case)
        return self.planes.lacks(case) if isinstance(case, Case) else None


class MeasuredSame:
    """The measured orientation of a convolution's layers, and their measured rule of ``same``."""

    def __init__(self, backend: CalledBackend, calls: LayerCalls, planes: Planes) -> None:
        self._backend, self._calls, self._planes = backend, calls, planes

    @property
    def orientation(self) -> Orientation | None:
        """The measured orientation of the kernel."""
        return self._planes.conventions.orientation

    @property
    def expectation(self) -> Expectation:
        """Return orientation and rule as a value; without a measured rule, with the first one."""
        orientation = known_orientation(self)
        return Expectation(orientation, self._rule_of_zeros)

    def pads(self, layer: Layer) -> Pads:
        """Return the padding: `same` by the measured rule, or by the declared one if no rule fits.

        Raises
        ------
        Refused
            If there is no rule at all, or the boundary is not of zeros.
        """
        if layer.padding == "same" and not (self.rule or self._declared):
            raise Refused(NO_RULE)
        return self._rule_of_zeros.pads(layer)

    @property
    def _rule_of_zeros(self) -> SamePaddingRule:
        """Return the rule if there are zeros outside the image."""
        if self._planes.conventions.boundary not in ("zeros", None):
            raise Refused(NO_RULE)
        return self.rule or self._declared or SAME_PADDING_RULES[0]

    @property
    def _declared(self) -> SamePaddingRule | None:
        spec = self._backend.spec
        return (
            SamePaddingRule(spec.strided_same, spec.anchor)
            if spec.strided_same and spec.anchor
            else None
        )

    @cached_property
    def padded(self) -> dict[str, list[int]]:
        """Measure the rows before and after the image under ``same`` with a stride, by layer.

        They are read from index maps: the image is numbered, the kernel is a single one at its last
        element.
        """
        found = {}
        for layer, before in self._measured_pads.items():
            windows = -(-layer.image[0] // layer.stride[0])
            span = (windows - 1) * layer.stride[0] + layer.kernel[0]
            found[layer.id] = [before, max(span - before - layer.image[0], 0)]
        return found

    @cached_property
    def _measured_pads(self) -> dict[Layer, int]:
        layers = [replace(layer, dtype=self._backend.plain_dtype) for layer in STRIDED]
        answers = {layer: self._before(layer) for layer in layers if not self._calls.lacks(layer)}
        return {layer: before for layer, before in answers.items() if before is not None}

    def _before(self, layer: Layer) -> int | None:
        img, k = (np.zeros_like(a) for a in layer.arrays())
        img[...] = np.arange(1, img.size + 1).reshape(img.shape)
        orient(k, self._planes.conventions.orientation or "correlation")[-1, -1] = 1
        try:
            result = self._calls.call_with(layer, img, k)
        except NO_RESULT:
            return None
        if result.ndim != 2 or not result.size or not np.isfinite(result[0, 0]):
            return None
        row, column = divmod(round(float(result[0, 0].real)) - 1, layer.image[1])
        last = reach(layer.kernel, layer.options)
        return last[0] - row if last[0] - row == last[1] - column else None

    @cached_property
    def rule(self) -> SamePaddingRule | None:
        """Return the first rule that explains every measured padding, or None."""
        return next((rule for rule in SAME_PADDING_RULES if self._explains(rule)), None)

    def _explains(self, rule: SamePaddingRule) -> bool:
        anchored = self._planes.conventions.anchor("rows") in (None, rule.align)
        return anchored and all(
            rule.pads(layer)[0][0] == before for layer, before in self._measured_pads.items()
        )

    def facts(self) -> dict[str, Any]:
        """Return facts about layers, ready for JSON."""
        strided = None if self.rule is None else self.rule.strided
        refused = {" with ".join(words): said for words, said in self._calls.refused.items()}
        return {
            **({"refused_together": refused} if refused else {}),
            "options": list(self._calls.options),
            "gradients": self._backend.spec.differentiates,
            "fused": self._backend.spec.fuses,
            "layouts": list(self._backend.spec.layouts),
            "strided_same": strided if self.padded else "refused",
            "strided_same_pads": self.padded,
            "answers": {words: self._calls.answer(layer) for words, layer in ODD.items()},
        }
