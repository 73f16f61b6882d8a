"""The exact gradients of a layer, and the cotangent that they are requested with."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition.dtypes import dtype_by_name

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array, Exact
    from conv2d_conformance.under_test.backend import BackendUnderTest


def make_cotangent(subject: BackendUnderTest, layer: Layer) -> Array:
    """Make a cotangent of the result's shape, of the same family of numbers as the operands."""
    rng = np.random.default_rng(zlib.crc32(f"{layer.id}/cotangent".encode()))
    shape = subject.layers.size(layer)
    real = layer.family == "normal"
    made = rng.standard_normal(shape) if real else rng.integers(-3, 4, shape)
    return made.astype(dtype_by_name(layer.dtype))


def expected_gradients(
    subject: BackendUnderTest, layer: Layer, cotangent: Array
) -> tuple[Exact, Exact]:
    """Return the exact gradients by image and by kernel, as the call reads them."""
    subject.layers.pads(layer)
    return subject.layers.expectation.gradients(layer, *layer.arrays(), cotangent)
