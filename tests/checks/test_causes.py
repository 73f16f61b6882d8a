"""A failure names its cause, and no other: a wrong call is not stale, lowered or shifted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from conv2d_conformance.definition.conventions import Conventions
from conv2d_conformance.definition.correlation import correlate
from conv2d_conformance.diagnosis.misreadings import explain
from conv2d_conformance.errors import MutatedInputError, StaleOutputError, WrongValueError
from conv2d_conformance.matrix.reproducers.plane_evidence import plane_evidence
from tests.helpers.judge_mutant import check_named, outcome, outcome_with
from tests.mutants import direct, hygiene
from tests.mutants.table import BITS, LAST

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array


def without_last_tap(img: Array, k: Array, padding: str) -> Array:
    """Wrong by itself: kernels past the sizes of the probe lose their last element."""
    kernel = k.copy()
    if k.size > 49:
        kernel[-1, -1] = 0
    return direct.conv2d(img, kernel, padding)


def without_a_row(img: Array, k: Array, padding: str) -> Array:
    """Drops the kernel's last row, where it has several."""
    kernel = k.copy()
    kernel[2:] = 0
    return direct.conv2d(img, kernel, padding)


def test_a_call_that_is_wrong_by_itself_is_not_stale() -> None:
    failed = outcome(outcome_with(without_last_tap), check_named(LAST))
    assert isinstance(failed, WrongValueError)
    assert not isinstance(failed, StaleOutputError)
    assert "had changed since the call before" not in str(failed)


def test_a_dropped_row_is_no_lowered_precision() -> None:
    failed = outcome(outcome_with(without_a_row), check_named(BITS))
    assert "wrong by more than any precision explains" in str(failed)


@pytest.mark.parametrize("operand", [0, 1], ids=["image", "kernel"])
def test_a_call_that_writes_to_its_operands_fails_for_that_alone(operand: int) -> None:
    subject = outcome_with(hygiene.mutating(operand))
    failed = outcome(subject, check_named(LAST))
    assert isinstance(failed, MutatedInputError)
    assert str(failed).startswith("see H1: ")
    found = plane_evidence(subject, failed)
    assert found is not None
    assert found.claim == "operands untouched"


def test_zeros_are_not_a_shift() -> None:
    img, k = np.zeros((5, 6), "float32"), np.zeros((3, 3), "float32")
    img[0, 0] = k[2, 2] = 1  # shifted by one, the single product lies outside
    size, zeros = (3, 4), np.zeros((3, 4), "float32")
    exact = correlate(img[::-1, ::-1], k, size=size)
    usual = Conventions("correlation", "zeros", {}, ())
    found = explain.of_plane(
        img[::-1, ::-1], k, "valid", zeros, conventions=usual, direct=True, exact=exact
    )
    assert found == explain.ZEROS
