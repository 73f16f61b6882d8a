"""A call that declares nothing and takes bad input has not refused it: what it does is a fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.backends.find_adapter import BareFunction
from conv2d_conformance.checks.registry import REGISTERED, Check
from conv2d_conformance.errors import AcceptedError, Measured, NonconformanceError
from conv2d_conformance.under_test.backend import BackendUnderTest
from tests.helpers.judge_mutant import outcome_with
from tests.mutants import bad_input, direct
from tests.mutants.table import DTYPES, EMPTY, NO_IMAGE, RANK, UNKNOWN

if TYPE_CHECKING:
    from conv2d_conformance.checks.registry import CaseLike
    from conv2d_conformance.definition.correlation import Array

TAKES = {
    "rank": (bad_input.row_as_image, RANK, "kernel-1d", "a kernel of rank 1: gives float32 of"),
    "both ranks": (bad_input.row_as_image, RANK, "both-1d", "an image and a kernel of rank 1: "),
    "padding": (
        bad_input.unknown_is_valid, UNKNOWN, "unknown-word",
        "the unknown padding 'sane': gives what 'valid' gives",
    ),
    "kernel": (
        bad_input.empty_kernel_gives_zeros, EMPTY, "kernel-0x3",
        "an empty kernel of shape (0, 3): gives float32 of shape (5, 6)",
    ),
    "dtypes": (
        bad_input.promoting, DTYPES, "float32-float64",
        "an image of float32 with a kernel of float64: gives float64 of shape (5, 6)",
    ),
    "image": (
        bad_input.empty_image_gives_ones, NO_IMAGE, "image-0x6/full",
        "an empty image of shape (0, 6) under 'full': gives float32 of shape (2, 8) with values "
        "that no pixel has",
    ),
}  # fmt: skip


def found(check: str, case: str) -> tuple[Check, CaseLike]:
    registered = REGISTERED[check]
    return registered, next(one for one in registered.cases if one.id == case)


@pytest.mark.parametrize("name", TAKES)
def test_what_a_bare_function_takes_is_said_and_is_no_refusal(name: str) -> None:
    function, check, case, words = TAKES[name]
    judging, bad = found(check, case)
    with pytest.raises(Measured) as said:
        judging.run(BackendUnderTest(BareFunction("mine", function)), bad)
    assert str(said.value).startswith(f"declares nothing; takes {words}")
    assert said.value.symptom == AcceptedError.symptom


@pytest.mark.parametrize("name", TAKES)
def test_an_adapter_that_does_so_fails(name: str) -> None:
    function, check, case, _ = TAKES[name]
    judging, bad = found(check, case)
    with pytest.raises(NonconformanceError):
        judging.run(outcome_with(function), bad)


@pytest.mark.parametrize("name", TAKES)
def test_a_bare_function_that_refuses_passes(name: str) -> None:
    judging, bad = found(*TAKES[name][1:3])
    judging.run(BackendUnderTest(BareFunction("mine", direct.conv2d)), bad)


def test_a_padding_that_is_taken_as_none_of_the_known_ones_has_a_shape() -> None:
    judging, bad = found(UNKNOWN, "empty-word")
    with pytest.raises(Measured, match=r"padding '': gives float32 of shape \(5, 6\)$"):
        judging.run(BackendUnderTest(BareFunction("mine", twice_the_unknown)), bad)


def twice_the_unknown(img: Array, k: Array, padding: str) -> Array:
    if padding in ("valid", "same", "full"):
        return direct.conv2d(img, k, padding)
    return 2 * direct.conv2d(img, k, "same")
