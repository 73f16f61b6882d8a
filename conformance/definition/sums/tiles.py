"""Windows of an image times a kernel, laid out as products of matrices.

A row of the one matrix is what a tile of several outputs, side by side, sees of the image: less
than all their windows, which overlap. A row of the other is the kernel as one of these outputs
reads it, zeros around.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import gcd
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from conv2d_conformance.definition.arrays import Floats

Pair = tuple[int, int]


@dataclass(frozen=True)
class Tiling:
    """The tiles of ``columns`` outputs: ``tiles`` of ``width``, each reads ``reach`` pixels a row.

    ``step`` is from one of these pixels to the next; ``apart`` from output to output and
    ``sparse`` from tap to tap, both in steps; ``advance`` from tile to tile, in pixels.
    """

    columns: int
    width: int
    tiles: int
    reach: int
    step: int
    apart: int
    sparse: int
    advance: int

    @property
    def pixels(self) -> int:
        """Pixels of a row that all tiles see, some of them perhaps beyond the last window."""
        return (self.tiles - 1) * self.advance + (self.reach - 1) * self.step + 1


@lru_cache
def tiling(columns: int, taps: int, outputs: int, stride: int, dilation: int) -> Tiling:
    """The tiles that cost least: wider ones copy less of the image, and multiply more zeros.

    A pixel that is copied costs about as much as three outputs that it is multiplied for.
    """

    def make(width: int) -> Tiling:
        step = dilation if width == 1 else gcd(stride, dilation)
        apart, sparse = stride // step, dilation // step
        reach = (width - 1) * apart + (taps - 1) * sparse + 1
        tiles = -(-columns // width)
        return Tiling(columns, width, tiles, reach, step, apart, sparse, width * stride)

    def cost(tile: Tiling) -> float:
        return tile.tiles * tile.reach * (3 + outputs * tile.width)

    return min(map(make, (1, 2, 4, 8, 16)), key=cost)


def tile_image(frame: Floats, tile: Tiling) -> Floats:
    """Return what the tiles read of each line: (N, G, C, H, W) as (N, G, tiles, H, C, reach)."""
    images, groups, channels, high, wide = frame.shape
    if wide < tile.pixels:
        framed, frame = frame, np.zeros((*frame.shape[:-1], tile.pixels))
        frame[..., :wide] = framed
    frame = np.ascontiguousarray(frame)
    image, group, channel, line, pixel = frame.strides
    strides = image, group, tile.advance * pixel, line, channel, tile.step * pixel
    shape = images, groups, tile.tiles, high, channels, tile.reach
    return np.ndarray(shape, np.float64, frame, 0, strides).copy()


def windows(stack: Floats, size: int, taps: int, stride: int, dilation: int) -> Floats:
    """What the tiles of ``size`` lines see, in each of a stack of `tile_image`, transposed.

    (stack, N, G, size, Kh · C · reach, tiles): a view, if neighbouring lines are seen; what BLAS
    takes as it is, since a tile's lines lie one after the other.
    """
    count, images, groups, tiles, _, channels, reach = stack.shape
    each, image, group, tile, line, _, pixel = stack.strides
    strides = each, image, group, stride * line, tile, dilation * line, pixel
    shape = count, images, groups, size, tiles, taps, channels * reach
    seen = np.ndarray(shape, np.float64, stack, 0, strides)
    return seen.reshape(*shape[:5], taps * channels * reach).swapaxes(4, 5)


def tile_kernel(stack: Floats, tile: Tiling) -> Floats:
    """A stack of kernels (G, O, C, Kh, Kw) as (stack, G, O · width, Kh · C · reach), transposed."""
    count, groups, outputs, channels, high, _ = stack.shape
    found = np.zeros((groups, count, outputs, tile.width, high, channels, tile.reach))
    group, each, output, place, line, channel, pixel = found.strides
    along, shift = tile.sparse * pixel, tile.apart * pixel + place
    strides = each, group, output, channel, line, along, shift
    shape = *stack.shape, tile.width
    np.ndarray(shape, np.float64, found, 0, strides)[...] = stack[..., None]
    return found.reshape(groups, count, outputs * tile.width, high * channels * tile.reach)
