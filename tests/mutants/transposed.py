"""A plain NumPy transposed convolution that is right; every mutant is one change away from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.backends.protocol import FLOATS, Spec
from tests.mutants.given import four, halved, pair

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Step
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.definition.padding import Pads, Pair


@dataclass(frozen=True)
class TransposedRequest:
    """What is asked for: (N, C, H, W), (C, O/G, Kh, Kw), and all else spelled out."""

    img: Array
    k: Array
    padding: str | Pads
    stride: Pair
    dilation: Pair
    groups: int
    more: tuple[int | None, int | None] = (None, None)

    @property
    def spans(self) -> Pair:
        """Rows and columns from the first tap to the last, both included."""
        rows, columns = (
            d * (m - 1) + 1 for m, d in zip(self.k.shape[2:], self.dilation, strict=True)
        )
        return rows, columns

    @property
    def excess(self) -> Pair:
        """What the kernel exceeds its stride by."""
        rows, columns = (span - s for span, s in zip(self.spans, self.stride, strict=True))
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
        options=("batch", "stride", "dilation", "groups", "explicit", "output_padding"),
        operation="conv_transpose2d",
        reads="adjoint",
        ends="stride",
        output_padding="after",
    )

    def conv_transpose2d(
        self,
        img: Array,
        k: Array,
        padding: str | Pads,
        *,
        stride: Step = 1,
        dilation: Step = 1,
        groups: int = 1,
        output_padding: Step | None = None,
    ) -> Array:
        more = (None, None) if output_padding is None else pair(output_padding)
        asked = TransposedRequest(
            four(img), four(k), padding, pair(stride), pair(dilation), groups, more
        )
        out = self.cut(asked, self.painted(asked))
        return out if img.ndim == 4 else out[0, 0]

    def painted(self, asked: TransposedRequest) -> Array:
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

    def cut(self, asked: TransposedRequest, full: Array) -> Array:
        """What the padding leaves of it, or adds."""
        for axis, crop in enumerate(self.crops(asked), 2):
            added = [
                (max(-crop[0], 0), max(-crop[1], 0)) if n == axis else (0, 0) for n in range(4)
            ]
            full = np.pad(full, added)
            before, after = (max(n, 0) for n in crop)
            full = full.take(range(before, full.shape[axis] - after), axis)
        return full

    def crops(self, asked: TransposedRequest) -> Pads:
        """What is cropped along both axes, rows first."""
        rows, columns = (self.along(axis, asked) for axis in (0, 1))
        return rows, columns

    def along(self, axis: int, asked: TransposedRequest) -> Pair:
        """What is cropped before and after along one axis, less what is to be added."""
        more, span = asked.more[axis], asked.spans[axis]
        if isinstance(asked.padding, tuple):
            return self.moved(asked.padding[axis], more or 0, asked)
        if more is None:
            return self.crop(asked.excess[axis], asked)
        base = span // 2 if asked.padding == "same" else 0
        return self.moved((base, base), more, asked)

    def moved(self, crop: Pair, more: int, asked: TransposedRequest) -> Pair:  # noqa: ARG002  (for mutants)
        """A crop that leaves so much more."""
        before, after = crop
        return before, after - more

    def crop(self, excess: int, asked: TransposedRequest) -> Pair:
        """What is cropped before and after along one axis; a negative number adds zeros."""
        if excess < 0:
            return 0, excess
        return halved(excess) if asked.padding == "same" else (0, 0)


def places(asked: TransposedRequest, tap: int, axis: int) -> slice:
    """Where the pixels paint one tap."""
    start, stride = tap * asked.dilation[axis], asked.stride[axis]
    return slice(start, start + (asked.img.shape[2 + axis] - 1) * stride + 1, stride)
