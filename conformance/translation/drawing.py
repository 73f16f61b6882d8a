"""Draws two calls side by side, in plain text: how each reads the kernel, and the boundary."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition.correlation import orient, shape_of, source_indices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conv2d_conformance.definition.correlation import Boundary
    from conv2d_conformance.definition.shapes import Shape
    from conv2d_conformance.translation.call_facts import CallFacts

IMAGE = np.array([["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]])
KERNEL = np.arange(1, 10).reshape(3, 3)
EVEN: Shape = (2, 2)
# The smallest even kernel by which all boundaries differ.
WIDER: Shape = (4, 4)
ZERO = "."
GAP = "    "


def kernels(a: CallFacts, b: CallFacts) -> Iterator[str]:
    """Draw which element of a 3 by 3 kernel each call applies to which pixel."""
    yield "Elements 1 to 9 of a 3x3 kernel over the pixels that they meet; [] is over the centre:"
    yield from _beside(a, b, _laid)


def surroundings(a: CallFacts, b: CallFacts) -> Iterator[str]:
    """Draw what ``same`` adds around a 3 by 3 image for an even kernel, if both have it."""
    if not all(_drawable(call) for call in (a, b)):
        return
    one, other = (call.conventions.boundary for call in (a, b))
    kernel = EVEN if one == other else WIDER
    size = "x".join(map(str, kernel))
    yield f"What same puts around the image a to i for a {size} kernel ({ZERO} is 0):"
    yield from _beside(a, b, lambda call: _surrounded(call, kernel))


def _drawable(call: CallFacts) -> bool:
    found = call.conventions
    if found.boundary is None or call.unreadable:
        return False
    return None not in (
        found.anchor("rows"),
        found.anchor("columns"),
    )


def _beside(a: CallFacts, b: CallFacts, draw: Callable[[CallFacts], list[str]]) -> Iterator[str]:
    blocks = [[call.name, *draw(call)] for call in (a, b)]
    width = max(map(len, blocks[0]))
    for left, right in zip_longest(*blocks, fillvalue=""):
        yield f"  {left:{width}}{GAP}{right}".rstrip()


def _laid(call: CallFacts) -> list[str]:
    orientation = call.conventions.orientation
    if orientation is None or call.unreadable:
        return ["not known"]
    rows = [[f" {tap} " for tap in row] for row in orient(KERNEL, orientation)]
    rows[1][1] = f"[{rows[1][1].strip()}]"
    return ["".join(row) for row in rows]


def _surrounded(call: CallFacts, kernel: Shape) -> list[str]:
    boundary: Boundary = call.conventions.boundary or "zeros"
    before = call.conventions.before("same", kernel)
    rows, columns = (
        source_indices(np.arange(n + m - 1) - lead, n, boundary)
        for n, m, lead in zip(shape_of(IMAGE), kernel, before, strict=True)
    )
    return [" ".join(ZERO if min(r, c) < 0 else str(IMAGE[r, c]) for c in columns) for r in rows]
