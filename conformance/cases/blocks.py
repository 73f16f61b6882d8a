"""Blocks of a large layer, for which the complete reference would take minutes."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from conv2d_conformance.definition import layers
from conv2d_conformance.definition.padding import Options, reach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array, Exact
    from conv2d_conformance.definition.padding import Pads, Pair

BLOCK = 6


def corners(size: Pair) -> Iterator[tuple[slice, slice]]:
    """Return the blocks of a result at its corners and its centre."""
    starts = ({0, max(n // 2 - BLOCK // 2, 0), max(n - BLOCK, 0)} for n in size)
    for row, column in product(*(sorted(one) for one in starts)):
        yield (
            slice(row, min(row + BLOCK, size[0])),
            slice(column, min(column + BLOCK, size[1])),
        )


def exact(
    layer: Layer, img: Array, k: Array, pads: Pads, output: int, block: tuple[slice, slice]
) -> Exact:
    """Return the exact block of one output, from the pixels and channels that it reads.

    Parameters
    ----------
    layer : Layer
    img, k : ndarray, (N, C, H, W) and (O, C/G, Kh, Kw)
    pads : ((int, int), (int, int))
        The pads of the complete layer.
    output : int
        The index of the output, among O.
    block : (slice, slice)
        Rows and columns of the result.
    """
    rows, columns = (
        _seen(*axis)
        for axis in zip(
            block, layer.image, pads, layer.stride, reach(layer.kernel, layer.options), strict=True
        )
    )
    seen = img[:, channels_of(layer, k, output), rows[0], columns[0]]
    alone = Options(layer.stride, layer.dilation)
    return layers.correlate(seen, k[output : output + 1], pads=(rows[1], columns[1]), options=alone)


def channels_of(layer: Layer, k: Array, output: int) -> slice:
    """Return the channels of the image that an output reads: those of its group."""
    first = output * layer.options.groups // k.shape[0] * k.shape[1]
    return slice(first, first + k.shape[1])


def _seen(block: slice, extent: int, pads: Pair, stride: int, span: int) -> tuple[slice, Pair]:
    """Return the pixels that a block reads along one axis, and the pads around them."""
    start = block.start * stride - pads[0]
    stop = (block.stop - 1) * stride - pads[0] + span + 1
    return slice(max(start, 0), min(stop, extent)), (max(-start, 0), max(stop - extent, 0))
