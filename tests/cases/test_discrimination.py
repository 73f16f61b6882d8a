"""Every case tells the right reading of its operands from each wrong one, by far."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from conv2d_conformance.cases import planes, random_data
from conv2d_conformance.definition import error_bounds
from conv2d_conformance.definition.conventions import Conventions, output_size
from conv2d_conformance.definition.correlation import (
    Boundary,
    Exact,
    Orientation,
    correlate,
    orient,
)
from conv2d_conformance.definition.dtypes import dtype_by_name
from conv2d_conformance.runtime.time_budget import LADDER

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.cases.case import Case
    from conv2d_conformance.definition.shapes import Shape

RIGHT = Conventions("correlation", "zeros")
FAR = 100.0
# The other groups are made of these; `tests/cases/test_planes.py` sees to that.
GROUPS = {"integers": planes.INTEGERS, "real": planes.REAL, "ladder": LADDER}


@dataclass(frozen=True)
class Reading:
    """A wrong reading of the operands, and the shapes for which it is the right one after all."""

    wrong: Callable[[Case, Shape], Exact | None]
    same_as_right: Callable[[Case], bool]
    because: str


def read(
    case: Case,
    size: Shape,
    orientation: Orientation = "correlation",
    move: Shape = (0, 0),
    boundary: Boundary = "zeros",
) -> Exact:
    """The first ``size`` of the result, read in some way."""
    img, k = case.arrays()
    kernel = orient(k, orientation)
    before = RIGHT.before(case.padding_word, (kernel.shape[0], kernel.shape[1]))
    moved = before[0] + move[0], before[1] + move[1]
    return correlate(img, kernel, before=moved, size=size, boundary=boundary)


@cache
def right(case: Case, size: Shape) -> Exact:
    return read(case, size)


def swapped(case: Case, size: Shape) -> Exact | None:
    """Image and kernel in each other's place; None where the shape alone tells."""
    whole = output_size(case.padding_word, case.image, case.kernel)
    if output_size(case.padding_word, case.kernel, case.image) != whole:
        return None
    img, k = case.arrays()
    return correlate(k, img, before=RIGHT.before(case.padding_word, case.image), size=size)


def flipping(orientation: Orientation) -> Callable[[Case, Shape], Exact]:
    return lambda case, size: read(case, size, orientation)


def moving(down: int, right: int) -> Callable[[Case, Shape], Exact]:
    return lambda case, size: read(case, size, move=(down, right))


def even(case: Case) -> Shape:
    return 1 - case.kernel[0] % 2, 1 - case.kernel[1] % 2


READINGS = {
    "flip-both": Reading(
        flipping("convolution"),
        lambda c: c.kernel == (1, 1),
        "a kernel of one element is its own flip",
    ),
    "flip-rows": Reading(
        flipping("flip-rows"), lambda c: c.kernel[0] == 1, "one row is its own flip"
    ),
    "flip-columns": Reading(
        flipping("flip-columns"), lambda c: c.kernel[1] == 1, "one column is its own flip"
    ),
    "transpose": Reading(
        flipping("transposed-correlation"),
        lambda c: c.kernel[0] != c.kernel[1] or c.kernel == (1, 1),
        "one element is its own transpose; where the kernel is not square the shape tells",
    ),
    "other-anchor": Reading(
        lambda c, size: read(c, size, move=even(c) if c.padding == "same" else (0, 0)),
        lambda c: c.padding != "same" or even(c) == (0, 0),
        "only `same` with an even kernel has a choice of side",
    ),
    "operand-swap": Reading(
        swapped,
        lambda c: c.image == c.kernel and (c.padding == "valid" or c.kernel == (1, 1)),
        "one sum of products does not depend on their order",
    ),
    "edge-pixels": Reading(
        lambda c, size: read(c, size, boundary="edge"),
        lambda c: c.padding == "valid" or c.kernel == (1, 1),
        "nothing outside the image is read",
    ),
    **{
        f"shift-{down}-{right}": Reading(moving(down, right), lambda _: False, "it always shows")
        for down, right in ((1, 0), (-1, 0), (0, 1), (0, -1))
    },
}  # fmt: skip


def measures_precision_alone(case: Case) -> bool:
    """Whether the bound is too wide to tell readings of real data apart.

    Two readings of random data differ by about ``S/√K``, the bound is about ``2√K·u·S``: their
    ratio is ``1/(2uK)``. In half precision it nears one, and integers prove the semantics there.
    """
    taps = case.kernel[0] * case.kernel[1]
    return (
        case not in planes.INTEGERS
        and 1e3 * error_bounds.unit_roundoff(dtype_by_name(case.dtype)) * taps > 1
    )


def is_its_own_flip(case: Case) -> bool:
    """Whether a case has a kernel of practice or a flat image, so that other readings agree.

    It is there for the short cuts that code takes for a separable, symmetric or sparse kernel.
    """
    return case.family in random_data.STRUCTURED


def distance(case: Case, reading: Reading) -> float:
    """How far the wrong reading lies from the right one, as a multiple of the bound."""
    rows, columns = output_size(case.padding_word, case.image, case.kernel)
    size = min(rows, 48), min(columns, 48)
    exact, wrong = right(case, size), reading.wrong(case, size)
    if wrong is None:
        return float("inf")
    apart = np.abs((wrong.value - exact.value) + (wrong.low - exact.low))
    if case in planes.INTEGERS:
        return float("inf") if apart.any() else 0.0
    return float(np.max(apart / error_bounds.componentwise(exact, dtype_by_name(case.dtype))))


@pytest.mark.slow
@pytest.mark.parametrize("name", READINGS)
@pytest.mark.parametrize("group", GROUPS)
def test_every_case_tells_the_right_reading_from_a_wrong_one(group: str, name: str) -> None:
    reading = READINGS[name]
    judged = [
        case
        for case in GROUPS[group]
        if not (
            reading.same_as_right(case) or measures_precision_alone(case) or is_its_own_flip(case)
        )
    ]
    assert [case.id for case in judged if distance(case, reading) < FAR] == []


@pytest.mark.parametrize("name", [name for name in READINGS if name.startswith("shift")])
def test_a_kernel_of_practice_tells_a_shifted_result(name: str) -> None:
    judged = [
        case for case in planes.STRUCTURED if (case.family, case.padding) != ("flat", "valid")
    ]
    assert [case.id for case in judged if not distance(case, READINGS[name])] == []


@pytest.mark.parametrize("name", READINGS)
def test_a_reading_is_left_out_only_where_it_changes_nothing(name: str) -> None:
    reading = READINGS[name]
    left_out = [c for c in planes.INTEGERS if reading.same_as_right(c)]
    if name != "transpose":  # left out where not square: it changes the shape there
        assert [c.id for c in left_out if distance(c, reading)] == [], reading.because
