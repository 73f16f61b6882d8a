"""The strides and dilations that the shapes allow, the simplest first."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from conv2d_conformance.definition.padding import Options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.diagnosis.hypothesis import Shapes

STRIDES, DILATIONS = range(1, 9), range(1, 5)
# Rows beyond `full` that padding may have added, and beyond `valid` that it may have cropped.
BEYOND = 4


def steps(shapes: list[Shapes]) -> Iterator[Options]:
    """None; then the same for both axes; then strides, or dilations, that differ.

    Parameters
    ----------
    shapes : list of Shapes
        Under every orientation and turn that is tried; one that allows a step is enough.
    """
    if _allowed(shapes, Options()):
        yield Options()
    both = [Options((s, s), (d, d)) for d, s in product(DILATIONS, STRIDES)]
    strides = [Options((s, t)) for s, t in product(STRIDES, repeat=2)]
    dilations = [Options((1, 1), (d, e)) for d, e in product(DILATIONS, repeat=2)]
    every = dict.fromkeys([*sorted(both, key=_size), *sorted(strides + dilations, key=_size)])
    yield from (o for o in every if o != Options() and _allowed(shapes, o))


def _size(options: Options) -> int:
    return sum(options.stride) + 2 * sum(options.dilation)


def _allowed(shapes: list[Shapes], options: Options) -> bool:
    return any(
        all(map(_axis, s.image, s.kernel, s.result, options.stride, options.dilation))
        for s in shapes
    )


def _axis(image: int, kernel: int, result: int, stride: int, dilation: int) -> bool:
    """Return whether an axis can come to this length, padded by less than BEYOND past ``full``."""
    if (stride > 1 and result < 2) or (dilation > 1 and kernel < 2):
        return False
    span = dilation * (kernel - 1)
    padded = (result - 1) * stride + span + 1 - image
    if stride == dilation == 1:
        return padded <= 2 * (span + BEYOND)
    # A stride leaves fewer pixels than itself unused; cropping is found only without steps.
    return -stride < padded <= 2 * span + stride - 1
