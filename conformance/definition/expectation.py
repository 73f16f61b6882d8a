"""How a call reads a layer, and the exact result that follows from the definition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition import layers
from conv2d_conformance.definition.correlation import orient
from conv2d_conformance.definition.layers import four
from conv2d_conformance.definition.padding import output_size, transposed_size

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array, Exact, Orientation
    from conv2d_conformance.definition.padding import Geometry, Pads, SamePaddingRule
    from conv2d_conformance.definition.transposed_padding import CropRule


@dataclass(frozen=True)
class Expectation:
    """How a call reads a layer, as the definition needs it for the exact result.

    Parameters
    ----------
    orientation : str
        How the call reads its kernel.
    rule : SamePaddingRule or CropRule
        The rule by which it pads, or crops if it is transposed.
    direct : bool
        Whether each element has a bound of its own; otherwise one norm bounds the result.
    """

    orientation: Orientation
    rule: SamePaddingRule | CropRule
    direct: bool = True

    def pads(self, case: Geometry) -> Pads:
        """Return what the call pads or crops."""
        return self.rule.pads(case)

    def reads(self, k: Array) -> Array:
        """Return the kernel as the call reads it, in four axes."""
        return oriented(k, self.orientation)

    def exact(self, case: Geometry, img: Array, k: Array) -> Exact:
        """Return the exact result."""
        transposed = case.operation == "conv_transpose2d"
        compute = layers.transpose if transposed else layers.correlate
        return compute(four(img), self.reads(k), pads=self.pads(case), options=case.options)

    def size(self, case: Geometry) -> tuple[int, ...]:
        """Return the shape that the result must have."""
        return result_shape(case, self.pads(case))

    def gradients(
        self, case: Geometry, img: Array, k: Array, cotangent: Array
    ) -> tuple[Exact, Exact]:
        """Return the exact gradients by the image, and by the kernel as the call reads it."""
        pads, options, cotangent = self.pads(case), case.options, four(cotangent)
        return (
            layers.image_gradient(
                cotangent, self.reads(k), image=case.image, pads=pads, options=options
            ),
            layers.kernel_gradient(
                four(img), cotangent, kernel=case.kernel, pads=pads, options=options
            ),
        )


def oriented(k: Array, orientation: Orientation) -> Array:
    """A kernel in four axes with each of its planes read in an orientation."""
    planes = np.moveaxis(four(k), (2, 3), (0, 1))
    return np.moveaxis(orient(planes, orientation), (0, 1), (2, 3))


def result_shape(case: Geometry, pads: Pads) -> tuple[int, ...]:
    """The shape of a result that is padded, or cropped, so."""
    size_of = transposed_size if case.operation == "conv_transpose2d" else output_size
    size = size_of(case.image, case.kernel, pads, case.options)
    return size if case.channels is None else (case.channels[0], case.channels[2], *size)
