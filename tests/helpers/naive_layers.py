"""The sums that `definition.layers` must equal: nested loops over fractions, and random layers.

The formula of the definition, term by term, and no code of the suite's.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.definition.layers import Options, Pads, Pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.correlation import Exact

Index = tuple[int, ...]
Shape = tuple[int, int, int, int]
STRIDES: tuple[Pair, ...] = ((1, 1), (1, 2), (2, 2), (3, 2))
DILATIONS: tuple[Pair, ...] = ((1, 1), (2, 1), (1, 3), (2, 2))


@dataclass(frozen=True)
class Layer:
    """Shapes of the image, kernel and output, and what lies between them."""

    image: Shape
    kernel: Shape
    output: Shape
    pads: Pads
    options: Options

    def meetings(self) -> Iterator[tuple[Index, Index, Index]]:
        """Where in the image, kernel and output each product has its factors and its sum."""
        (_, channels, height, width), (outputs, few) = self.image, self.kernel[:2]
        (down, right), (skip, leap) = self.options.stride, self.options.dilation
        for n, o, i, j in np.ndindex(*self.output):
            group = o // (outputs // self.options.groups)
            for c, a, b in np.ndindex(*self.kernel[1:]):
                row = i * down + a * skip - self.pads[0][0]
                column = j * right + b * leap - self.pads[1][0]
                if 0 <= row < height and 0 <= column < width:
                    assert group * few + c < channels
                    yield (n, group * few + c, row, column), (o, c, a, b), (n, o, i, j)

    def image_from(self, y: Any, k: Any) -> Any:
        return total(self.image, ((y[iy], k[ik], ix) for ix, ik, iy in self.meetings()))

    def kernel_from(self, x: Any, y: Any) -> Any:
        return total(self.kernel, ((x[ix], y[iy], ik) for ix, ik, iy in self.meetings()))

    def output_from(self, x: Any, k: Any) -> Any:
        return total(self.output, ((x[ix], k[ik], iy) for ix, ik, iy in self.meetings()))


def total(shape: Index, terms: Iterator[tuple[Any, Any, Index]]) -> Any:
    """Per element of the result: the sum, the sum of the magnitudes, and their number."""
    found = {at: (Fraction(0), Fraction(0), 0) for at in np.ndindex(*shape)}
    for x, y, at in terms:
        value, scale, taps = found[at]
        product = Fraction(float(x)) * Fraction(float(y))
        found[at] = value + product, scale + abs(product), taps + 1
    return found


def relative_error(found: Exact, truth: Any) -> float:
    """Largest error of ``value + low`` in units of the exact scale; 0 for an empty result."""
    errors = [
        abs(Fraction(float(found.value[at])) + Fraction(float(found.low[at])) - y) / (s or 1)
        for at, (y, s, _) in truth.items()
    ]
    return float(max(errors, default=0))


def windows(extent: int, taps: int, pad: Pair, stride: int, dilation: int) -> int:
    """How many windows fit between the pads, one after the other."""
    count = 0
    while count * stride + dilation * (taps - 1) < extent + sum(pad):
        count += 1
    return count


def drawn(seed: int) -> Layer:
    """A small random layer."""
    rng = np.random.default_rng(seed)
    groups, few, many, batch = (int(n) for n in rng.integers((1, 1, 1, 0), (4, 3, 3, 3)))
    stride = STRIDES[rng.integers(len(STRIDES))]
    dilation = DILATIONS[rng.integers(len(DILATIONS))]
    kernel = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    height, width = int(rng.integers(2, 7)), int(rng.integers(2, 7))
    (top, bottom), (left, right) = ((int(p) for p in pad) for pad in rng.integers(-1, 3, (2, 2)))
    rows = windows(height, kernel[0], (top, bottom), stride[0], dilation[0])
    columns = windows(width, kernel[1], (left, right), stride[1], dilation[1])
    return Layer(
        (batch, groups * few, height, width),
        (groups * many, few, *kernel),
        (batch, groups * many, rows, columns),
        ((top, bottom), (left, right)),
        Options(stride, dilation, groups),
    )


def operand(rng: np.random.Generator, shape: Index, *, whole: bool) -> Any:
    """Small integers, or real numbers of several scales."""
    if whole:
        return rng.integers(-9, 10, shape).astype(np.float32)
    return rng.standard_normal(shape) * 10.0 ** rng.integers(-9, 10, shape)
