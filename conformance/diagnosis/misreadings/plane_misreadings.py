"""Misreadings of a plane: another orientation, a shift, another boundary."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from conv2d_conformance.definition.correlation import (
    BOUNDARIES,
    ORIENTATIONS,
    correlate,
    orient,
    shape_of,
)
from conv2d_conformance.diagnosis.misreadings.candidates import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.conventions import Conventions
    from conv2d_conformance.definition.correlation import Array, Boundary, Exact, Orientation


def plane_misreadings(
    img: Array,
    k: Array,
    padding: str,
    size: tuple[int, ...],
    conventions: Conventions,
    corner: tuple[int, int] = (0, 0),
) -> Iterator[Candidate]:
    """Yield the misreadings of a plane that give a result of its size, or of a block of it.

    ``corner`` is the first index of the block.
    """
    usual: Orientation = conventions.orientation or "correlation"
    boundary = conventions.boundary or "zeros"
    rows, columns = size

    def read(name: Orientation, shift: tuple[int, int], boundary: Boundary) -> Exact:
        kernel = orient(k, name)
        before = conventions.before(padding, shape_of(kernel))
        moved = (before[0] + shift[0] - corner[0], before[1] + shift[1] - corner[1])
        return correlate(img, kernel, before=moved, size=(rows, columns), boundary=boundary)

    for name in (o for o in ORIENTATIONS if o != usual):
        yield Candidate(f"read as {name}, not {usual}", partial(read, name, (0, 0), boundary))
    for shift in product((0, 1, -1), (0, 1, -1)):
        if any(shift):
            yield Candidate(f"shifted by {shift}", partial(read, usual, shift, boundary))
    for other in (b for b in BOUNDARIES if b != boundary):
        words = f"with the boundary {other}, not {boundary}"
        yield Candidate(words, partial(read, usual, (0, 0), other))
