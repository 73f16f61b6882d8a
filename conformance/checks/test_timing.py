"""T: the time of a call, on tensors on which it has just passed, forced to completion."""

from __future__ import annotations

from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from pytest_benchmark.stats import Stats

from conv2d_conformance.cases.layer_tables import FULL
from conv2d_conformance.checks import assertions
from conv2d_conformance.checks.layer_assertions import assert_blocks
from conv2d_conformance.checks.registry import check
from conv2d_conformance.definition.dtypes import dtype_by_name
from conv2d_conformance.errors import Refused
from conv2d_conformance.runtime.time_budget import LADDER, MeasuredTime, rounds_within

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture

    from conv2d_conformance.cases.case import Case
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.runtime.time_budget import Stopwatch
    from conv2d_conformance.under_test.backend import BackendUnderTest


SWITCHED_OFF = "pytest-benchmark is switched off (by an option, or by xdist)"


@check("T1", LADDER)
def test_a_call_that_passes_is_timed(
    subject: BackendUnderTest, case: Case, stopwatch: Stopwatch
) -> None:
    subject.clock.require_budget(case)
    img, k = case.arrays()
    result = subject.call(img, k, case.padding_word)
    first_call = subject.calls[-1].seconds
    assertions.assert_blocks_close(subject, img, k, case.padding_word, result)
    timed(subject, case, first_call, stopwatch, (img, k, case.padding))


@check("T1", FULL)
def test_a_layer_of_a_network_that_passes_is_timed(
    subject: BackendUnderTest, case: Layer, stopwatch: Stopwatch
) -> None:
    subject.clock.taken = None
    began = perf_counter()
    result = subject.layers.call(case)
    first_call = perf_counter() - began
    assert_blocks(subject, case, result)
    operands = (*case.arrays(), case.padding)
    timed(subject, case, first_call, stopwatch, operands, case.keywords)


def timed(
    subject: BackendUnderTest,
    case: Case,
    first_call: float,
    stopwatch: Stopwatch,
    operands: tuple[Any, ...],
    options: dict[str, Any] | None = None,
) -> None:
    """Time the bare call and store the timing in the backend's clock."""
    given = operands, options or {}

    def seconds(rounds: int, loops: int) -> list[float]:
        return subject.runner.time("conv2d", *given, rounds, loops)

    def seconds_on(extent: int, number: int) -> float:
        rng = np.random.default_rng(number)
        dtype = dtype_by_name(subject.plain_dtype)
        img = rng.standard_normal((extent, extent)).astype(dtype)
        k = rng.standard_normal((5, 5)).astype(dtype)
        # Equal numbers in other arrays, whatever it keeps them by.
        try:
            return subject.runner.time("conv2d", (img, k, subject.paddings[0]), {}, 1, 1)[0]
        except Exception:  # noqa: BLE001  (what a call refuses, it has not kept)
            return 0.0

    with subject.cost.charge("calls"):
        subject.clock.require_work(seconds_on)
        rounds, loops = rounds_within(subject.clock, seconds, case)
        bare = subject.runner.bare("conv2d")
        if bare is None:
            if stopwatch.off:
                raise Refused(SWITCHED_OFF)
            stats = Stats()  # type: ignore[no-untyped-call]
            for each in seconds(rounds, loops):
                stats.update(each)  # type: ignore[no-untyped-call]
        else:
            stats = benchmarked(stopwatch(), partial(bare, **given[1]), operands, rounds, loops)
    subject.clock.taken = MeasuredTime(
        first_call, stats.median, stats.iqr, stats.min, rounds, loops
    )


def benchmarked(
    benchmark: BenchmarkFixture,
    call: Callable[..., Any],
    operands: tuple[Any, ...],
    rounds: int,
    loops: int,
) -> Stats:
    """Return pytest-benchmark's measurement of a call in this process.

    Raises
    ------
    Refused
        If it is switched off.
    """
    benchmark.pedantic(  # type: ignore[no-untyped-call]
        call, args=operands, rounds=rounds, iterations=loops
    )
    if benchmark.stats is None:
        raise Refused(SWITCHED_OFF)
    return benchmark.stats.stats  # type: ignore[no-any-return]  # the package has no types
