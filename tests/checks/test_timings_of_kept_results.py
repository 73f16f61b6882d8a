"""A call that keeps its results is not timed on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.errors import Refused
from conv2d_conformance.runtime.time_budget import LADDER, Clock, OverBudget
from tests.helpers.judge_mutant import NoBenchmark, check_named, outcome_with
from tests.mutants import direct
from tests.mutants.table import TIMED

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.definition.correlation import Array


def keeping() -> Callable[[Array, Array, str], Array]:
    """The right call, which keeps each result by the bits of its operands."""
    kept: dict[Any, Array] = {}

    def conv2d(img: Array, k: Array, padding: str) -> Array:
        key = img.tobytes(), img.shape, img.dtype, k.tobytes(), k.shape, padding
        if key not in kept:
            kept[key] = direct.conv2d(img, k, padding)
        return kept[key].copy()

    return conv2d


@pytest.mark.serial
def test_a_call_that_keeps_its_results_is_left_out_of_the_timings() -> None:
    subject = outcome_with(keeping(), budget=2)
    with pytest.raises(OverBudget, match="keeps results"):
        check_named(TIMED).run(subject, LADDER[0], stopwatch=NoBenchmark)


@pytest.mark.serial
def test_a_call_that_keeps_nothing_is_timed() -> None:
    subject = outcome_with(direct.conv2d, budget=2)
    with pytest.raises(Refused, match="switched off"):
        check_named(TIMED).run(subject, LADDER[0], stopwatch=NoBenchmark)


@pytest.mark.parametrize(
    ("new", "again", "keeps"), [(1e-2, 1e-5, True), (1e-2, 5e-3, False), (1e-4, 1e-6, False)]
)
def test_a_call_that_is_slow_on_new_numbers_alone_keeps_results(
    new: float, again: float, keeps: bool
) -> None:
    clock, seen = Clock(), set[tuple[int, ...]]()

    def seconds_on(*which: int) -> float:
        known = which in seen
        seen.add(which)
        return again if known else new

    if keeps:
        with pytest.raises(OverBudget):
            clock.require_work(seconds_on)
    else:
        clock.require_work(seconds_on)
    assert clock.keeps_results is keeps


def test_a_call_that_waits_for_a_core_a_few_times_keeps_nothing() -> None:
    """On a busy machine the first five calls on new numbers took long, and none on the same."""
    clock, seen = Clock(), set[tuple[int, ...]]()

    def seconds_on(extent: int, number: int) -> float:
        known = (extent, number) in seen
        seen.add((extent, number))
        return 2e-2 if number < 8 and not known else 2e-3

    clock.require_work(seconds_on)
    assert clock.keeps_results is False
