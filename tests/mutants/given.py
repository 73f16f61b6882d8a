"""What a layer is asked for, spelled out: which elements meet, and what size comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.backends.protocol import Step
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.definition.padding import Pads, Pair


@dataclass(frozen=True)
class LayerRequest:
    """What a layer is asked for: (N, C, H, W), (O, C/G, Kh, Kw), and all else spelled out."""

    img: Array
    k: Array
    pads: Pads
    stride: Pair
    dilation: Pair
    groups: int
    padding: str = ""

    @property
    def size(self) -> Pair:
        """Rows and columns of the result."""
        extents = zip(self.img.shape[2:], self.k.shape[2:], range(2), strict=True)
        rows, columns = (self._size(n, m, axis) for n, m, axis in extents)
        return rows, columns

    def _size(self, n: int, m: int, axis: int) -> int:
        reach = self.dilation[axis] * (m - 1)
        return max((n + sum(self.pads[axis]) - reach - 1) // self.stride[axis] + 1, 0)

    @property
    def shape(self) -> tuple[int, ...]:
        """(N, O, Oh, Ow)."""
        return (len(self.img), len(self.k), *self.size)

    def blocks(self) -> Iterator[tuple[slice, slice]]:
        """Channels and outputs of each group."""
        few, many = self.k.shape[1], len(self.k) // self.groups
        for g in range(self.groups):
            yield slice(g * few, g * few + few), slice(g * many, g * many + many)

    def taps(self) -> Iterator[tuple[int, int, tuple[slice, slice]]]:
        """Each kernel element with the pixels of the padded image that it meets."""
        for a, b in np.ndindex(*self.k.shape[2:]):
            starts = a * self.dilation[0], b * self.dilation[1]
            rows, columns = (
                slice(start, start + (n - 1) * s + 1, s) if n else slice(0)
                for start, n, s in zip(starts, self.size, self.stride, strict=True)
            )
            yield a, b, (rows, columns)


def padded(img: Array, pads: Pads) -> Array:
    """Zeros around the image, or less of it."""
    added = [(max(one, 0), max(other, 0)) for one, other in pads]
    wide = np.pad(img, [(0, 0), (0, 0), *added])
    (top, bottom), (left, right) = [(max(-one, 0), max(-other, 0)) for one, other in pads]
    return wide[:, :, top : wide.shape[2] - bottom, left : wide.shape[3] - right]


def pair(step: Step) -> Pair:
    """A number stands for both axes."""
    return (step, step) if isinstance(step, int) else step


def four(a: Array) -> Array:
    """A plane is one image of one channel."""
    return a if a.ndim == 4 else a[None, None]


def halved(total: int, *, lower: bool = False) -> Pair:
    """An odd pixel goes after the image, or before it."""
    return (total - total // 2, total // 2) if lower else (total // 2, total - total // 2)


def require(img: Array, k: Array, groups: int) -> None:
    """Refuse operands of two dtypes, of two ranks, without pixels or with other channels."""
    fits = img.ndim == k.ndim == 2 or (
        img.ndim == k.ndim == 4 and img.shape[1] == k.shape[1] * groups
    )
    if not fits or img.dtype != k.dtype or not k.size or 0 in img.shape[-2:]:
        msg = f"{img.shape} and {k.shape} of {img.dtype} and {k.dtype} do not fit"
        raise ValueError(msg)
