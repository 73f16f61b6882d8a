"""The exhaustive sweep leaves nothing out, and its covering subset no pair of extents."""

from __future__ import annotations

from itertools import cycle, product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.backends.protocol import Spec
from conv2d_conformance.cases.case import CASE_PADDINGS
from conv2d_conformance.checks.exhaustive import (
    EVERY_IMAGE,
    IMAGES,
    KERNELS,
    EveryImage,
    assert_index_map,
    covering,
)
from conv2d_conformance.checks.registry import REGISTERED
from conv2d_conformance.definition.conventions import output_size
from conv2d_conformance.definition.correlation import (
    BOUNDARIES,
    ORIENTATIONS,
    correlate,
    orient,
    shape_of,
)
from conv2d_conformance.errors import RaisedError, WrongValueError
from conv2d_conformance.under_test.backend import BackendUnderTest
from tests.helpers.judge_mutant import outcome_with
from tests.mutants import arithmetic, direct, geometry
from tests.mutants.table import SMALL

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array, Boundary, Orientation
    from conv2d_conformance.definition.shapes import Shape
    from tests.mutants.direct import Conv2d

FITTING: dict[str, set[tuple[Shape, Shape]]] = {
    padding: {
        (image, kernel)
        for image, kernel in product(IMAGES, KERNELS)
        if 0 not in output_size(padding, image, kernel)
    }
    for padding in CASE_PADDINGS
}


def along(shapes: set[tuple[Shape, Shape]], axis: int) -> set[Shape]:
    return {(image[axis], kernel[axis]) for image, kernel in shapes}


def parities(shapes: set[tuple[Shape, Shape]]) -> set[tuple[int, ...]]:
    return {tuple(n % 2 for n in (*image, *kernel)) for image, kernel in shapes}


def reading(orientation: Orientation, boundary: Boundary) -> Conv2d:
    """A right call with a kernel orientation and a boundary of its own."""

    def conv2d(img: Array, k: Array, padding: str) -> Array:
        k = orient(k, orientation)
        size = output_size(padding, shape_of(img), shape_of(k))
        if 0 in size:
            raise ValueError
        before = direct.around(shape_of(k), padding)
        lead = before[0][0], before[1][0]
        return correlate(img, k, before=lead, size=size, boundary=boundary).value.astype(img.dtype)

    return conv2d


class Bare:
    """A function that declares nothing."""

    def __init__(self, function: Conv2d) -> None:
        self.conv2d = function
        self.spec = Spec("bare", "bare(img, k, padding)", paddings=(), dtypes=(), algorithm=None)


def sweep(subject: BackendUnderTest, cases: tuple[EveryImage, ...] = EVERY_IMAGE) -> int:
    """How many shapes were held."""
    shapes = [one for case in cases for one in case.cases(subject)]
    for one in shapes:
        assert_index_map(subject, one)
    return len(shapes)


@pytest.mark.slow
@pytest.mark.parametrize("padding", CASE_PADDINGS)
def test_every_shape_that_has_a_result_is_held(padding: str) -> None:
    cases = tuple(case for case in EVERY_IMAGE if case.padding == padding)
    assert sweep(outcome_with(direct.conv2d), cases) == len(FITTING[padding])


@pytest.mark.parametrize("padding", CASE_PADDINGS)
@pytest.mark.parametrize("axis", [0, 1])
def test_the_covering_shapes_hold_every_pair_of_extents(padding: str, axis: int) -> None:
    assert along(set(covering(padding)), axis) == along(FITTING[padding], axis)


@pytest.mark.parametrize("padding", CASE_PADDINGS)
def test_the_covering_shapes_hold_every_parity(padding: str) -> None:
    assert parities(set(covering(padding))) == parities(FITTING[padding])


@pytest.mark.parametrize(("padding", "number"), [("same", 30), ("full", 30), ("valid", 21)])
def test_the_covering_shapes_are_as_few_as_may_be(padding: str, number: int) -> None:
    assert len(covering(padding)) == number


def test_a_call_that_compiles_gets_the_covering_shapes() -> None:
    subject = outcome_with(direct.conv2d, compiles=True)
    assert sweep(subject) == sum(len(covering(padding)) for padding in CASE_PADDINGS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("orientation", "boundary"), list(zip(ORIENTATIONS, cycle(BOUNDARIES), strict=False))
)
def test_each_orientation_and_boundary_meets_its_own_prediction(
    orientation: Orientation, boundary: Boundary
) -> None:
    subject = BackendUnderTest(Bare(reading(orientation, boundary)))
    assert sweep(subject, EVERY_IMAGE[::6]) > 100


@pytest.mark.parametrize("wrong", [(1, 0, 2, 0), (0, 2, 0, 1), (2, 1, 1, 3)])
def test_one_wrong_entry_of_one_map_is_found_and_named(wrong: tuple[int, int, int, int]) -> None:
    a, b, i, j = wrong

    def conv2d(img: Any, k: Any, padding: str) -> Any:
        out = direct.conv2d(img, k, padding)
        if (img.shape, k.shape, padding) == ((4, 5), (3, 4), "same"):
            out[i, j] += k[a, b] * (7 - direct.conv2d(img, one((a, b)), padding)[i, j])
        return out

    def one(tap: Shape) -> Any:
        k = np.zeros((3, 4), np.float32)
        k[tap] = 1
        return k

    with pytest.raises(AssertionError, match=rf"\({a}, {b}\), output \({i}, {j}\) reads pixel"):
        sweep(outcome_with(conv2d), (EveryImage((3, 4), "same"),))


def test_a_call_that_only_rounds_is_not_accused_of_its_geometry() -> None:
    rounding = arithmetic.accumulated_in(np.float16, np.float32)
    assert sweep(outcome_with(rounding), (EveryImage((4, 4), "same"),)) == len(IMAGES)


def test_a_call_that_refuses_some_images_fails_with_what_it_gets_wrong_on_others() -> None:
    def conv2d(img: Any, k: Any, padding: str) -> Any:
        if img.shape == (2, 2):
            raise ValueError
        wrong = geometry.lower_anchor if img.shape == (6, 5) else direct.conv2d
        return wrong(img, k, padding)

    with pytest.raises(WrongValueError, match=r"image \(6, 5\)"):
        REGISTERED[SMALL].run(outcome_with(conv2d), EveryImage((2, 2), "same"))


def test_a_call_that_refuses_some_images_is_told_how_many() -> None:
    def conv2d(img: Any, k: Any, padding: str) -> Any:
        if img.shape[0] == 2:
            raise ValueError
        return direct.conv2d(img, k, padding)

    with pytest.raises(RaisedError, match="6 of 36 images"):
        REGISTERED[SMALL].run(outcome_with(conv2d), EveryImage((2, 2), "same"))
