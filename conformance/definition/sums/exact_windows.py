"""Sums over the windows of an image, of digits and therefore exact, strip by strip."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition.sums.exact_products import (
    add_ascending,
    choose_digits,
    exponent_span,
    weights,
)
from conv2d_conformance.definition.sums.tiles import tile_image, tile_kernel, tiling, windows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.arrays import Floats
    from conv2d_conformance.definition.sums.exact_products import Digits
    from conv2d_conformance.definition.sums.tiles import Pair, Tiling

# Multiplications of a matrix product that OpenBLAS leaves to one thread: more of them wait for each
# other, long where other work runs beside them.
SINGLE = 2**18
# Numbers that are held at once, so that they stay in a cache, unless few lines are more: 1 MiB.
STRIP = 2**17


def sum_windows(
    frame: Floats, k: Floats, size: Pair, stride: Pair = (1, 1), dilation: Pair = (1, 1)
) -> tuple[Floats, Floats, Floats] | None:
    """Sums over windows, where few digits do: as rounded, what that left over, and their scale.

    Parameters
    ----------
    frame : ndarray of float64, (N, G, C/G, H, W)
        As much as the windows see.
    k : ndarray of float64, (G, O/G, C/G, Kh, Kw)
    size : (int, int)
        Of the result, (N, G, O/G, *size).
    stride, dilation : (int, int)

    Returns
    -------
    tuple of ndarray, or None
        None where they are to be summed tap by tap; see `exact_products.choose_digits`.
    """
    if not (frame.size and k.size and prod(size)):
        return None
    both = choose_digits(exponent_span(frame), exponent_span(k), prod(k.shape[2:]))
    if both is None:
        return None
    tile = tiling(size[1], k.shape[4], k.shape[1], stride[1], dilation[1])
    sums = WindowProducts(
        tile_kernel(both[1].split(k), tile), *both, tile, k.shape[3], stride[0], dilation[0]
    )
    found = np.empty((3, len(frame), *k.shape[:2], size[0], tile.tiles, tile.width))
    for images, lines in sums.strips(frame, size[0]):
        first, last = lines.start * stride[0], (lines.stop - 1) * stride[0] + sums.margin
        parts = sums.apply(frame[images, :, :, first:last], lines.stop - lines.start)
        for target, part in zip(found, parts, strict=True):
            target[images, :, :, lines] = _side_by_side(part, tile.width)
    value, low, scale = found.reshape(*found.shape[:-2], -1)[..., : size[1]]
    return np.ascontiguousarray(value), np.ascontiguousarray(low), np.ascontiguousarray(scale)


@dataclass(frozen=True)
class WindowProducts:
    """The matrices by which every strip of an image is multiplied.

    Parameters
    ----------
    matrices : ndarray, (G, kernel digits + 1, O · width, K)
        The kernel's digits and magnitudes.
    image, kernel : Digits
    taps, stride, dilation : int
        Along the axis of rows.
    """

    matrices: Floats
    image: Digits
    kernel: Digits
    tile: Tiling
    taps: int
    stride: int
    dilation: int

    @property
    def margin(self) -> int:
        """Lines of the image that one line of the result sees."""
        return (self.taps - 1) * self.dilation + 1

    def apply(self, strip: Floats, size: int) -> tuple[Floats, Floats, Floats]:
        """Value, low and scale of ``size`` lines: (n, G, O · width, size, tiles)."""
        stack = self.image.split(tile_image(strip, self.tile))
        columns = windows(stack, size, self.taps, self.stride, self.dilation)
        groups, count, across, terms = self.matrices.shape
        digits = self.matrices[:, :-1].reshape(groups, (count - 1) * across, terms)
        sums = [_product(digits, of_digit) for of_digit in columns[:-1]]
        parts = [
            sums[i][:, :, j * across : (j + 1) * across]
            for i, j in reversed(weights(self.image, self.kernel))
        ]
        return *add_ascending(parts), _product(self.matrices[:, -1], columns[-1])

    def strips(self, frame: Floats, size: int) -> Iterator[tuple[slice, slice]]:
        """Images and lines of the result that are computed at once; few lines see as many again."""
        groups, count, across, _ = self.matrices.shape
        repeated = self.taps if self.dilation > 1 else 1
        a_line = frame.shape[2] * self.tile.reach * repeated * (self.image.count + 1)
        each = groups * self.tile.tiles * (a_line * self.stride + across * count * self.image.count)
        step = max(1, min(size, max(STRIP // each, 4 * self.margin // self.stride)))
        many = max(1, STRIP // (each * max(size, frame.shape[3])))
        for n, i in product(range(0, len(frame), many), range(0, size, step)):
            yield slice(n, n + many), slice(i, min(i + step, size))


def _product(matrix: Floats, columns: Floats) -> Floats:
    """Matrices (G, M, K) times columns (n, G, lines, K, tiles): (n, G, M, lines, tiles)."""
    images, groups, lines, _, tiles = columns.shape
    found = np.empty((images, groups, matrix.shape[1], lines, tiles))
    by_line = found.swapaxes(2, 3)
    few = SINGLE // (matrix.shape[1] * matrix.shape[2])
    step = few if few >= 16 else tiles
    for i in range(0, tiles, step):
        part = slice(i, i + step)
        np.matmul(matrix[:, None], columns[..., part], out=by_line[..., part])
    return found


def _side_by_side(a: Floats, width: int) -> Floats:
    """Tiles (n, G, O · width, lines, tiles) as (n, G, O, lines, tiles, width): a view."""
    images, groups, across, lines, tiles = a.shape
    apart = a.reshape(images, groups, across // width, width, lines, tiles)
    return apart.transpose(0, 1, 2, 4, 5, 3)
