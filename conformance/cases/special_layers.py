"""The layers for hygiene, and operands with a single number that is not finite."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Literal

import numpy as np

from conv2d_conformance.cases.case import Case, layer_id
from conv2d_conformance.cases.layers import make_layer, parse
from conv2d_conformance.definition.dtypes import dtype_by_name

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.cases.memory_layouts import Operand
    from conv2d_conformance.definition.correlation import Array

NonFinitePlace = Literal["pixel", "tap"]
# One of the layers that calls compile anyway: a batch, and several channels and outputs.
BATCH = parse("n5c3o8/12x11-by-3x3/same")
# Its sums round: bits then depend on their order.
REAL_BATCH = replace(BATCH, family="normal")
_ARRANGED: tuple[Operand, ...] = ("kernel", "image", "both")
# Views of arrays that have their channels last: of both operands, and of one alone. A call that
# compiles does so for every format; it gets the one that no native layout of an adapter has.
CHANNELS_LAST = tuple(
    replace(BATCH, memory="channels-last", only=operand, covering=operand == "kernel")
    for operand in _ARRANGED
)

# Inside the second image, in a channel of the second group.
PIXEL = (1, 2, 4, 5)
# Of an output of the second group.
TAP = (3, 1, 0, 2)


def ones_but_one(
    shapes: tuple[tuple[int, ...], tuple[int, ...]],
    dtype: str,
    value: str,
    where: NonFinitePlace,
    places: tuple[tuple[int, ...], tuple[int, ...]],
) -> tuple[Array, Array]:
    """Make image and kernel of ones, with ``value`` at the place of the pixel or of the tap."""
    img, k = (np.ones(shape, dtype_by_name(dtype)) for shape in shapes)
    operand, place = (img, places[0]) if where == "pixel" else (k, places[1])
    operand[place] = float(value)
    return img, k


@dataclass(frozen=True)
class NonFiniteLayer(Case):
    """A layer of ones, with a single ``value`` that is not finite: a ``pixel`` or a ``tap``."""

    value: str = "nan"
    where: NonFinitePlace = "pixel"

    @property
    def id(self) -> str:
        """``n2c4o6g2/8x8-by-3x3/valid/float32/nan-pixel``."""
        return f"{layer_id(self)}/{self.value}-{self.where}"

    @property
    def finite(self) -> Layer:
        """The layer of the same shapes with the usual numbers."""
        return make_layer(self.image, self.kernel, self.padding, self.channels, dtype=self.dtype)

    def arrays(self) -> tuple[Array, Array]:
        """Make image and kernel, new ones at each call."""
        return ones_but_one(self.shapes, self.dtype, self.value, self.where, (PIXEL, TAP))


_PLACES: tuple[tuple[str, NonFinitePlace], ...] = (
    ("nan", "pixel"),
    ("nan", "tap"),
    ("inf", "pixel"),
)
# Without pads, which are zeros that a NaN of the kernel need not be multiplied with.
NON_FINITE_LAYERS = tuple(
    NonFiniteLayer(
        (8, 8),
        (3, 3),
        "valid",
        form="layer",
        channels=channels,
        value=value,
        where=where,
        covering=channels[3] > 1,
    )
    for channels, (value, where) in product(((2, 4, 6, 2), (2, 3, 4, 1)), _PLACES)
    if (channels[3], value) != (2, "inf")
)
