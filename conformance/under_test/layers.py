"""The layers of a backend under test: the options of its call, and the exact result with them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any, Protocol

from conv2d_conformance.definition.expectation import oriented, result_shape
from conv2d_conformance.errors import (
    Refused,
    WrongShapeError,
)
from conv2d_conformance.probe import summation
from conv2d_conformance.under_test.called_backend import MOST_PRODUCTS, NO_RESULT

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array, Exact, Orientation
    from conv2d_conformance.definition.expectation import Expectation
    from conv2d_conformance.definition.padding import Pads
    from conv2d_conformance.under_test.called_backend import CalledBackend
    from conv2d_conformance.under_test.layer_calls import LayerCalls


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

    def call_with(self, layer: Layer, img: Array, k: Array) -> Array:
        """Call the backend on other operands of a layer's shapes; raises as `LayerCalls.call`."""
        return self._calls.call_with(layer, img, k)

    def gradients(self, layer: Layer, cotangent: Array) -> tuple[Array, Array]:
        """Return the framework's gradients of ⟨conv2d(img, k), cotangent⟩ by image and kernel."""
        return self._calls.gradients(layer, cotangent)

    def fused(self, layer: Layer, bias: Array, addend: Array, *, constants: bool = False) -> Array:
        """Make the call, followed by bias, addition and ReLU; see `LayerCalls.fused`."""
        return self._calls.fused(layer, bias, addend, constants=constants)

    def sums_directly(self, layer: Layer) -> bool:
        """Return whether the call sums directly on a layer, by what it shows on integers.

        Libraries choose an algorithm for each layer. One that is declared is not measured.
        """
        if self._backend.declares or prod(self.size(layer)) * layer.terms > MOST_PRODUCTS:
            return self._backend.sums_directly_in(layer.dtype)
        twin = replace(layer, family="integers", differentiated=False, followed=False)
        if twin not in self._direct:
            try:
                found = summation.directly(partial(self._computed, twin), *twin.arrays())
            except NO_RESULT:
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
        return self.exact_with(layer, *layer.arrays())

    def exact_with(self, layer: Layer, img: Array, k: Array) -> Exact:
        """Return the exact result of other operands of a layer's shapes."""
        expectation = self.expectation
        self.pads(layer)
        with self._backend.cost.charge("reference"):
            return expectation.exact(layer, img, k)

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
