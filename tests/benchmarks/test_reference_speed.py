"""What the reference's twice working precision costs, as a multiple of SciPy's direct sum.

To read the ratios: ``python -m pytest tests/benchmarks -rP``, or ``--benchmark-json FILE`` and its
``extra_info``. All calls are timed in one process, in turns, the median of the rounds each, in
seconds of all its threads, so that the ratios travel between machines, and beside other work,
better than seconds on the clock do. Nothing is asserted of them.
"""

from __future__ import annotations

from itertools import product
from statistics import median
from time import process_time
from timeit import Timer
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import signal

from conv2d_conformance.cases.planes import Case
from conv2d_conformance.definition import error_bounds
from conv2d_conformance.definition.conventions import output_size
from conv2d_conformance.definition.correlation import correlate, tap_by_tap

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture

pytestmark = pytest.mark.serial

ROUNDS = 15
# Seconds that a round lasts, at least.
ROUND = 2e-3
# Real data: integers take the reference's short cut, and hide what the precision costs.
SIZES = [(8, 3), (64, 3), (64, 11), (256, 3), (256, 7), (256, 11)]
LADDER = [
    Case((n, n), (m, m), "valid", dtype, "normal")
    for (n, m), dtype in product(SIZES, ("float32", "float64"))
]


def in_turns(calls: list[Callable[[], object]]) -> list[float]:
    """The median of the seconds of each."""
    timers = [Timer(call, timer=process_time) for call in calls]
    numbers = [1 + int(ROUND / max(timer.timeit(9) / 9, 1e-6)) for timer in timers]
    rounds = [
        [timer.timeit(number) / number for timer, number in zip(timers, numbers, strict=True)]
        for _ in range(ROUNDS)
    ]
    return [median(times) for times in zip(*rounds, strict=True)]


@pytest.mark.parametrize("case", LADDER, ids=lambda case: case.id)
def test_the_reference_is_timed_against_scipys_direct_sum(
    case: Case, benchmark: BenchmarkFixture
) -> None:
    img, k = case.arrays()
    size = output_size(case.padding, case.image, case.kernel)
    doubled: tuple[Any, Any] = (img.astype(np.float64), k.astype(np.float64))
    exact = benchmark.pedantic(  # type: ignore[no-untyped-call]
        correlate, args=(img, k), kwargs={"size": size}, rounds=3, warmup_rounds=1
    )
    if benchmark.stats is not None:
        seconds, direct, taps = in_turns(
            [
                lambda: correlate(img, k, size=size),
                lambda: signal.correlate2d(img, k, "valid"),
                lambda: tap_by_tap(*doubled, size),
            ]
        )
        benchmark.extra_info["times scipy.signal.correlate2d"] = seconds / direct
        benchmark.extra_info["tap by tap"] = taps / direct
        print(f"{seconds / direct:.2f} times scipy.signal.correlate2d, {direct * 1e6:.0f} us")
        print(f"{taps / direct:.2f} times it, tap by tap")
    error = exact.error_of(signal.correlate2d(img, k, "valid"))
    assert np.all(error <= error_bounds.componentwise(exact, img.dtype))
