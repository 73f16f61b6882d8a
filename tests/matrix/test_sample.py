"""The window of a wrong result that a report draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from conv2d_conformance.definition.correlation import Exact
from conv2d_conformance.matrix.reproducers.evidence import Convention, Evidence, Expected, Part
from conv2d_conformance.matrix.reproducers.sample import SIDE, sample_of


def sampled(expected: Any, got: object, error: Any = None) -> Any:
    zeros = np.zeros(expected.shape)
    exact = Measured(expected, zeros, zeros, 1, error)
    part = Part("", got, Expected(exact, zeros + 1e-6))
    return sample_of(
        Evidence(
            "right", {}, "same", (part,), convention=Convention("correlation", "zeros", (0, 0))
        )
    )


@dataclass(frozen=True)
class Measured(Exact):
    """Values with an error that is given, if there is one."""

    error: Any

    def error_of(self, result: Any) -> Any:
        return super().error_of(result) if self.error is None else self.error


def test_the_window_holds_the_worst_element_wherever_it_is() -> None:
    expected = np.zeros((40, 50))
    for worst in ((0, 0), (39, 49), (20, 3)):
        got = expected.copy()
        got[worst] = 1
        made = sampled(expected, got)
        row, column = (a - b for a, b in zip(made["worst"], made["corner"], strict=True))
        assert made["difference"][row].split()[column] == "1"


def test_a_window_is_at_most_sixteen_square() -> None:
    made = sampled(np.zeros((40, 9)), np.ones((40, 9)))
    assert (len(made["got"]), len(made["got"][0].split())) == (SIDE, 9)


def test_a_difference_in_the_last_digits_is_kept() -> None:
    made = sampled(np.ones((2, 2)), np.full((2, 2), 1 + 1e-9))
    assert (made["got"][0], made["difference"][0]) == ("1 1", "1e-09 1e-09")


def test_a_nan_is_worse_than_any_number() -> None:
    got = np.array([[1e9, np.nan], [0, 0]])
    assert sampled(np.zeros((2, 2)), got)["worst"] == [0, 1]


@pytest.mark.parametrize(
    "got", [None, "text", np.zeros((3, 2)), np.zeros((2, 2), complex), np.zeros(4)]
)
def test_what_cannot_be_laid_side_by_side_is_not_drawn(got: object) -> None:
    assert sampled(np.zeros((2, 2)), got) is None


def test_of_a_layer_the_window_is_of_the_last_two_axes() -> None:
    got = np.zeros((2, 3, 4, 5))
    got[1, 2, 3, 4] = 1
    made = sampled(np.zeros((2, 3, 4, 5)), got)
    assert (made["worst"], len(made["got"]), made["difference"][3]) == (
        [1, 2, 3, 4],
        4,
        "0 0 0 0 1",
    )


def test_a_difference_that_float64_does_not_hold_is_the_exact_error() -> None:
    expected = np.full((2, 2), 1e17)
    made = sampled(expected, expected - 16, np.full((2, 2), 14.0))
    assert made["difference"] == ["-14 -14", "-14 -14"]
