"""T: how long a call takes, on tensors on which it has just passed, forced to completion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance import judge
from conformance.checks import check
from conformance.nonconformance import Refused
from conformance.timing import LADDER, Timing, rounds_within

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture

    from conformance.cases import Case
    from conformance.subject import Subject


@check("T1", LADDER)
def test_a_call_that_passes_is_timed(
    subject: Subject, case: Case, stopwatch: Callable[[], BenchmarkFixture]
) -> None:
    subject.clock.require_budget(case)
    img, k = case.arrays()
    result = subject.call(img, k, case.padding)
    first_call = subject.calls[-1].seconds
    judge.blocks(subject, img, k, case.padding, result)
    call, operands = subject.raw.conv2d, (img, k, case.padding)
    with subject.cost.of("calls"):
        rounds, loops = rounds_within(subject.clock, call, operands, case)
        benchmark = stopwatch()
        benchmark.pedantic(  # type: ignore[no-untyped-call]
            call, args=operands, rounds=rounds, iterations=loops
        )
    if benchmark.stats is None:
        reason = "pytest-benchmark is switched off (by an option, or by xdist)"
        raise Refused(reason)
    stats = benchmark.stats.stats
    subject.clock.taken = Timing(first_call, stats.median, stats.iqr, stats.min, rounds, loops)
