"""The calls of a backend under test on layers: the options that it takes, alone and together."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.backends.protocol import OPTIONS, Unsupported
from conv2d_conformance.cases.layers import make_layer
from conv2d_conformance.errors import (
    NonconformanceError,
    NotRun,
    RaisedError,
    WrongShapeError,
)
from conv2d_conformance.under_test.called_backend import NO_RESULT, require_numbers

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.runtime.call_guard import GuardedBackend
    from conv2d_conformance.under_test.called_backend import CalledBackend

# One layer for each option, to measure what a call takes that declares nothing.
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
# The options that are a step along each axis: a pair, or a number for both.
STEPS = ("stride", "dilation", "output_padding")
# Bad input: each framework does something else with it, or refuses it.
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
# What is asked for two at a time, to measure what a call that declares nothing refuses together.
TOGETHER: dict[str, dict[str, Any]] = {
    "batch": {"channels": (2, 1, 1, 1)},
    "groups": {"channels": (1, 4, 4, 2)},
    "depthwise": {"channels": (1, 3, 3, 3)},
    "stride": {"stride": (2, 2)},
    "dilation": {"dilation": (2, 2)},
    "explicit": {"padding": ((1, 1), (1, 1))},
    "negative": {"padding": ((-1, 0), (0, 0))},
    "same": {"padding": "same"},
    "full": {"padding": "full"},
}
# A refusal of both is no matter of a single shape.
IMAGES = ((9, 11), (10, 9))
# Each parity of image, kernel and stride.
STRIDED = tuple(
    make_layer((n, n), (m, m), "same", stride=(s, s)) for n, m, s in product((7, 8), (2, 3), (2, 3))
)


class LayerCalls:
    """The calls of one backend on layers."""

    def __init__(self, backend: CalledBackend) -> None:
        self._backend = backend
        self._made: dict[tuple[str, bool], GuardedBackend] = {}

    @cached_property
    def options(self) -> tuple[str, ...]:
        """Declared options, or those with which a call that declares nothing gave a result."""
        spec = self._backend.spec
        if self._backend.declares:
            return spec.options
        return tuple(word for word in OPTIONS if word in spec.options and self._takes(word))

    @cached_property
    def takes_numbers(self) -> bool:
        """Whether a number may stand for a pair; measured of a call that declares nothing."""
        steps = [word for word in STEPS if word in self.options]
        return self._backend.declares or all(self._takes(word, as_numbers=True) for word in steps)

    def _takes(self, option: str, *, as_numbers: bool = False) -> bool:
        layer = replace(SMALLEST[option], dtype=self._backend.plain_dtype, as_numbers=as_numbers)
        try:
            self.call(layer)
        except NO_RESULT:
            return False
        return True

    def lacks(self, layer: Layer) -> str | None:
        """Return why the call does not take a layer, or None if it does."""
        spec = self._backend.spec
        missing = [word for word in OPTIONS if word in layer.features and word not in self.options]
        if missing and not self.options:
            return "the call takes an image and a kernel alone"
        if missing:
            return f"the call takes no {', '.join(missing)}"
        if layer.as_numbers and not self.takes_numbers:
            return "the call takes steps in pairs alone"
        if isinstance(layer.padding, str) and layer.padding not in self._backend.paddings:
            return f"the call has no padding {layer.padding!r}"
        if layer.dtype not in self._backend.dtypes:
            return f"{layer.dtype} is not declared"
        if layer.layout and layer.layout not in spec.layouts[1:]:
            return f"the adapter has no layout {layer.layout!r} beside its own"
        if layer.differentiated and not spec.differentiates:
            return "the adapter has no gradients"
        if layer.followed and not spec.fuses:
            return "the adapter does not follow the call with anything"
        refused = next((words for words in spec.refuses if layer.features.issuperset(words)), None)
        if refused:
            return f"refuses {' with '.join(refused)}, as declared"
        refused = next((words for words in self.refused if layer.features.issuperset(words)), None)
        return f"the call refuses {' with '.join(refused)}" if refused else None

    @cached_property
    def refused(self) -> dict[tuple[str, ...], str]:
        """What a call that declares nothing takes alone and refuses together, and its words."""
        if self._backend.declares or not self.options:
            return {}
        taken = {"depthwise", *self.options, *self._backend.paddings}
        if "groups" not in taken:
            taken -= {"depthwise"}
        pairs = (
            pair
            for pair in combinations(TOGETHER, 2)
            if taken.issuperset(pair) and not TOGETHER[pair[0]].keys() & TOGETHER[pair[1]].keys()
        )
        answers = {pair: self._refusal(pair) for pair in pairs}
        return {pair: words for pair, words in answers.items() if words}

    def _refusal(self, words: tuple[str, ...]) -> str | None:
        """Return what the call raises for two layers with these features; None if it takes one."""
        asked = {key: value for word in words for key, value in TOGETHER[word].items()}
        said = ""
        for image in IMAGES:
            try:
                self.call(make_layer(image, (3, 3), dtype=self._backend.plain_dtype, **asked))
            except (RaisedError, Unsupported) as error:
                said = str(error).splitlines()[0][:200]
            except (NonconformanceError, NotRun):
                return None
            else:
                return None
        return said

    def call(self, layer: Layer) -> Array:
        """Call the backend on a layer.

        Raises
        ------
        Unsupported
            If the adapter declares that the call has no such option.
        RaisedError, WrongShapeError
            If the call raises, or does not return an array.
        """
        return self.call_with(layer, *layer.arrays())

    def call_with(self, layer: Layer, img: Array, k: Array) -> Array:
        """Call the backend on other operands of a layer's shapes; raises as `call`."""
        call = getattr(self._backend_for(layer), self._backend.spec.operation)
        return self._result(layer, call, img, k, layer.padding)

    def gradients(self, layer: Layer, cotangent: Array) -> tuple[Array, Array]:
        """Return the framework's gradients of ⟨conv2d(img, k), cotangent⟩ by image and kernel."""
        call = self._backend_for(layer).gradients
        found = self._try(layer, call, *layer.arrays(), layer.padding, cotangent)
        if not isinstance(found, tuple) or [type(a) for a in found] != [np.ndarray] * 2:
            msg = f"{self._backend.spec.call}: the gradients are no pair of arrays"
            raise WrongShapeError(msg)
        return found

    def fused(self, layer: Layer, bias: Array, addend: Array, *, constants: bool = False) -> Array:
        """Make the call, followed by bias, addition and ReLU; raises as `call`.

        With ``constants`` it is compiled for the image alone.
        """
        backend = self._backend_for(layer)
        call = backend.fused_constants if constants else backend.fused
        return self._result(layer, call, *layer.arrays(), layer.padding, bias, addend)

    def _result(self, layer: Layer, call: Any, *operands: Any) -> Array:
        result = self._try(layer, call, *operands)
        if type(result) is not np.ndarray:
            msg = f"{self._backend.spec.call} returned a {type(result).__name__}, not an ndarray"
            raise WrongShapeError(msg)
        require_numbers(self._backend.spec.call, result)
        return result

    def _try(self, layer: Layer, call: Any, *operands: Any) -> Any:
        try:
            return call(*operands, **layer.keywords)
        except NO_RESULT:
            raise
        except Exception as error:
            msg = f"{self._backend.spec.call} raised {type(error).__name__}: {error}"
            raise RaisedError(msg) from error

    def _backend_for(self, layer: Layer) -> GuardedBackend:
        """Return the backend in the layer's layout, apart if the layer may end the process."""
        key = layer.layout, layer.risky
        if key not in self._made:
            guarded = self._backend.apart if layer.risky else self._backend.guarded
            made = guarded.with_layout(layer.layout) if layer.layout else guarded
            self._made[key] = made
        return self._made[key]

    def answer(self, layer: Layer) -> str:
        """Return the shape of the result, or the refusal; without options no call is made."""
        if not self.options:
            return "not asked"
        try:
            shape = self.call(replace(layer, dtype=self._backend.plain_dtype)).shape
        except Unsupported as reason:
            return f"unsupported: {reason}"
        except (NonconformanceError, NotRun) as error:
            said = str(error).removeprefix(f"{self._backend.spec.call} ")
            return said.splitlines()[0][:200]
        return "x".join(map(str, shape))
