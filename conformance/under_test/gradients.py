"""What the gradients of a layer must be: a cotangent to ask with, and the exact answers."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition import layers
from conv2d_conformance.definition.dtypes import dtype_by_name
from conv2d_conformance.definition.layers import four

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array, Exact
    from conv2d_conformance.under_test.backend import BackendUnderTest


def make_cotangent(subject: BackendUnderTest, layer: Layer) -> Array:
    """A cotangent of the result's shape, of the same family of numbers as the operands."""
    rng = np.random.default_rng(zlib.crc32(f"{layer.id}/cotangent".encode()))
    shape = subject.layers.size(layer)
    real = layer.family == "normal"
    made = rng.standard_normal(shape) if real else rng.integers(-3, 4, shape)
    return made.astype(dtype_by_name(layer.dtype))


def expected_gradients(
    subject: BackendUnderTest, layer: Layer, cotangent: Array
) -> tuple[Exact, Exact]:
    """The exact gradients by image and by kernel, as the call reads them."""
    img, k = (four(a) for a in layer.arrays())
    pads, options = subject.layers.pads(layer), layer.options
    return (
        layers.image_gradient(
            four(cotangent), subject.layers.reads(k), image=layer.image, pads=pads, options=options
        ),
        layers.kernel_gradient(
            img, four(cotangent), kernel=layer.kernel, pads=pads, options=options
        ),
    )
