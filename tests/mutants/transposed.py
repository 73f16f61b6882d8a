"""A plain NumPy transposed convolution that is right; every mutant is one change away from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backends.protocol import FLOATS, Spec
from tests.mutants.given import four, halved, pair

if TYPE_CHECKING:
    from backends.protocol import Step
    from conformance.pads import Pair
    from conformance.reference import Array


@dataclass(frozen=True)
class Asked:
    """What is asked for: (N, C, H, W), (C, O/G, Kh, Kw), and all else spelled out."""

    img: Array
    k: Array
    padding: str
    stride: Pair
    dilation: Pair
    groups: int

    @property
    def excess(self) -> Pair:
        """What the kernel exceeds its stride by."""
        extents = zip(self.k.shape[2:], self.stride, self.dilation, strict=True)
        rows, columns = (d * (m - 1) + 1 - s for m, s, d in extents)
        return rows, columns

    @property
    def size(self) -> Pair:
        """Rows and columns that the kernel paints."""
        extents = zip(self.img.shape[2:], self.stride, self.excess, strict=True)
        rows, columns = (max(n * s + excess, 0) for n, s, excess in extents)
        return rows, columns


class Transposed:
    """The right one: the adjoint, with at least a stride for every pixel."""

    spec = Spec(
        name="mutant",
        call="conv_transpose2d(img, k, padding)",
        paddings=("valid", "same"),
        dtypes=FLOATS,
        anchor="upper",
        options=("batch", "stride", "dilation", "groups"),
        operation="conv_transpose2d",
        reads="adjoint",
        ends="stride",
    )

    def conv_transpose2d(
        self,
        img: Array,
        k: Array,
        padding: str,
        *,
        stride: Step = 1,
        dilation: Step = 1,
        groups: int = 1,
    ) -> Array:
        asked = Asked(four(img), four(k), padding, pair(stride), pair(dilation), groups)
        out = self.cut(asked, self.painted(asked))
        return out if img.ndim == 4 else out[0, 0]

    def painted(self, asked: Asked) -> Array:
        """Every pixel paints the kernel, scaled by itself."""
        few, many = len(asked.k) // asked.groups, asked.k.shape[1]
        out = np.zeros((len(asked.img), many * asked.groups, *asked.size), asked.img.dtype)
        for g in range(asked.groups):
            ins, outs = slice(g * few, g * few + few), slice(g * many, g * many + many)
            for a, b in np.ndindex(*asked.k.shape[2:]):
                rows, columns = places(asked, a, 0), places(asked, b, 1)
                out[:, outs, rows, columns] += np.einsum(
                    "nchw,co->nohw", asked.img[:, ins], asked.k[ins, :, a, b]
                )
        return out

    def cut(self, asked: Asked, full: Array) -> Array:
        """What the padding leaves of it, or adds."""
        for axis, excess in enumerate(asked.excess, 2):
            before, after = self.crop(excess, asked)
            added = [(0, max(-after, 0) if n == axis else 0) for n in range(4)]
            full = np.pad(full, added)
            stop = full.shape[axis] - max(after, 0)
            full = full.take(range(before, stop), axis)
        return full

    def crop(self, excess: int, asked: Asked) -> Pair:
        """What is cropped before and after along one axis; a negative number adds zeros."""
        if excess < 0:
            return 0, excess
        return halved(excess) if asked.padding == "same" else (0, 0)


def places(asked: Asked, tap: int, axis: int) -> slice:
    """Where the pixels paint one tap."""
    start, stride = tap * asked.dilation[axis], asked.stride[axis]
    return slice(start, start + (asked.img.shape[2 + axis] - 1) * stride + 1, stride)
