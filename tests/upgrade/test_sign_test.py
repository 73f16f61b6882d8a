"""The interval of the sign test, against its tables and a simulation."""

from __future__ import annotations

import math
import random

import pytest

from conv2d_conformance.upgrade.sign_test import allowed_beyond_bound, interval, min_values


@pytest.mark.parametrize(
    ("n", "chance", "beyond"),
    # Dixon and Mood (1946), "The statistical sign test", table 1, with two-sided levels halved.
    [(5, 0.025, -1), (6, 0.025, 0), (9, 0.025, 1), (12, 0.025, 2), (20, 0.025, 5), (25, 0.005, 5)],
)
def test_as_many_lie_beyond_a_bound_as_in_the_table(n: int, chance: float, beyond: int) -> None:
    assert allowed_beyond_bound(n, chance) == beyond


def test_too_few_values_bound_nothing() -> None:
    found = interval([1.0, 2.0, 3.0], 1 / 16)
    assert (found.low, found.middle, found.high) == (-math.inf, 2.0, math.inf)


@pytest.mark.parametrize("chance", [0.25, 1 / 16, 0.001])
def test_the_fewest_values_are_enough(chance: float) -> None:
    n = min_values(chance)
    assert allowed_beyond_bound(n - 1, chance) < allowed_beyond_bound(n, chance) == 0


def test_one_value_in_seven_does_not_move_the_bounds() -> None:
    clean, hit = ([1.0, 2, 3, 4, 5, 6, last] for last in (7.0, 700.0))
    assert interval(clean, 1 / 16) == interval(hit, 1 / 16)


def test_a_bound_is_wrong_as_seldom_as_it_says() -> None:
    draw = random.Random(1)  # noqa: S311
    # Lopsided and with heavy tails: the median of a log-normal is one.
    samples = [[draw.lognormvariate(0, 2) for _ in range(7)] for _ in range(4000)]
    wrong = sum(interval(sample, 1 / 16).low > 1 for sample in samples) / 4000
    assert wrong == pytest.approx(1 / 16, abs=0.012)
