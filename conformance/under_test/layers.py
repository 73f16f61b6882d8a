"""The layers of a backend under test: the options of its call, and the exact result with them."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from conv2d_conformance.backends.protocol import OPTIONS, Unsupported
from conv2d_conformance.cases.layers import make_layer
from conv2d_conformance.definition.expectation import oriented, result_shape
from conv2d_conformance.errors import (
    NonconformanceError,
    NotRun,
    RaisedError,
    Refused,
    WrongShapeError,
)
from conv2d_conformance.probe import summation
from conv2d_conformance.under_test.called_backend import MOST_PRODUCTS, require_numbers

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array, Exact, Orientation
    from conv2d_conformance.definition.expectation import Expectation
    from conv2d_conformance.definition.padding import Pads
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

    def _takes(self, option: str) -> bool:
        layer = replace(SMALLEST[option], dtype=self._backend.plain_dtype)
        try:
            self.call(layer)
        except (NonconformanceError, Unsupported, NotRun):
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
        return f"refuses {' with '.join(refused)}, as declared" if refused else None

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

    def fused(self, layer: Layer, bias: Array, addend: Array) -> Array:
        """Make the call, followed by bias, addition and ReLU; raises as `call`."""
        call = self._backend_for(layer).fused
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
        except (Unsupported, NonconformanceError, NotRun):
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


class LayerReading(Protocol):
    """The measured reading of layers: orientation and padding rule of one operation."""

    @property
    def orientation(self) -> Orientation | None:
        """The measured orientation of the kernel; None if no single orientation was found."""

    @property
    def expectation(self) -> Expectation:
        """Return the reading as a value; raises `Refused` if nothing was measured."""

    def pads(self, layer: Layer) -> Pads:
        """Return what the call pads or crops; raises `Refused` if nothing was measured."""

    def facts(self) -> dict[str, Any]:
        """Return facts about layers, ready for JSON."""


class Layers:
    """The layers of one backend: its calls and their exact results."""

    def __init__(self, backend: CalledBackend, calls: LayerCalls, reading: LayerReading) -> None:
        self._backend, self._calls, self._reading = backend, calls, reading
        self._direct: dict[Layer, bool] = {}

    @property
    def options(self) -> tuple[str, ...]:
        """Declared options, or those with which a call that declares nothing gave a result."""
        return self._calls.options

    def lacks(self, layer: Layer) -> str | None:
        """Return why the call does not take a layer, or None if it does."""
        return self._calls.lacks(layer)

    def call(self, layer: Layer) -> Array:
        """Call the backend on a layer; raises as `LayerCalls.call`."""
        return self._calls.call(layer)

    def gradients(self, layer: Layer, cotangent: Array) -> tuple[Array, Array]:
        """Return the framework's gradients of ⟨conv2d(img, k), cotangent⟩ by image and kernel."""
        return self._calls.gradients(layer, cotangent)

    def fused(self, layer: Layer, bias: Array, addend: Array) -> Array:
        """Make the call, followed by bias, addition and ReLU; raises as `call`."""
        return self._calls.fused(layer, bias, addend)

    def sums_directly(self, layer: Layer) -> bool:
        """Return whether the call sums directly on a layer, by what it shows on integers.

        Libraries choose an algorithm for each layer. One that is declared is not measured.
        """
        twin = replace(layer, family="integers", differentiated=False, followed=False)
        if self._backend.declares or prod(self.size(twin)) * twin.terms > MOST_PRODUCTS:
            return self._backend.sums_directly_in(layer.dtype)
        if twin not in self._direct:
            try:
                found = summation.directly(partial(self._computed, twin), *twin.arrays())
            except (NonconformanceError, Unsupported, NotRun):
                found = self._backend.sums_directly_in(layer.dtype)
            self._direct[twin] = found
        return self._direct[twin]

    def _computed(self, layer: Layer, img: Array, k: Array) -> tuple[Array, Exact]:
        exact = self.expectation.exact(layer, img, k)
        result = self._calls.call_with(layer, img, k)
        if result.shape != self.size(layer):
            msg = f"{self._backend.spec.call} gave shape {result.shape}"
            raise WrongShapeError(msg)
        return result.reshape(exact.value.shape), exact

    @property
    def expectation(self) -> Expectation:
        """Return the measured reading of a layer.

        Without a measured rule of ``same`` it has the first rule; no layer uses that, as `pads`
        refuses.

        Raises
        ------
        Refused
            If there is no single orientation, or the boundary is not of zeros.
        """
        return self._reading.expectation

    def expectation_of(self, layer: Layer) -> Expectation:
        """Return the reading with the way in which the call sums on a layer; raises as above."""
        return replace(self.expectation, direct=self.sums_directly(layer))

    def exact(self, layer: Layer) -> Exact:
        """Return the exact result under the measured orientation and the measured rule."""
        expectation = self.expectation
        self.pads(layer)
        with self._backend.cost.charge("reference"):
            return expectation.exact(layer, *layer.arrays())

    def reads(self, k: Array) -> Array:
        """Return the kernel in four axes, as the call reads it."""
        return oriented(k, known_orientation(self._reading))

    def pads(self, layer: Layer) -> Pads:
        """Return what the call pads or crops: by the measured rule, or by the declared one.

        Raises
        ------
        Refused
            If there is no rule at all, or the boundary is not of zeros.
        """
        return self._reading.pads(layer)

    def size(self, layer: Layer) -> tuple[int, ...]:
        """Return the shape that the result must have."""
        return result_shape(layer, self.pads(layer))

    def facts(self) -> dict[str, Any]:
        """Return facts about layers, ready for JSON."""
        return self._reading.facts()


def known_orientation(reading: LayerReading) -> Orientation:
    """Return the orientation of a reading.

    Raises
    ------
    Refused
        If no single orientation was measured.
    """
    if reading.orientation is None:
        reason = "the probe found no single orientation to judge by"
        raise Refused(reason)
    return reading.orientation
