"""What the reference's twice working precision costs, as a multiple of SciPy's direct sum.

To read the ratios: ``python -m pytest tests/benchmarks -rP``, or ``--benchmark-json FILE`` and its
``extra_info``. Both calls are timed in one run, the fastest of few rounds each, so that the ratio
travels between machines better than seconds do. Nothing is asserted of it.
"""

from __future__ import annotations

from itertools import product
from timeit import repeat
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import signal

from conv2d_conformance.cases.case import Case
from conv2d_conformance.definition import error_bounds
from conv2d_conformance.definition.conventions import output_size
from conv2d_conformance.definition.correlation import correlate

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

ROUNDS = 3
# Real data: integers take the reference's short cut, and hide what the precision costs.
LADDER = [
    Case((n, n), (m, m), "valid", dtype, "normal")
    for n, m, dtype in product((64, 256), (3, 11), ("float32", "float64"))
]


@pytest.mark.parametrize("case", LADDER, ids=lambda case: case.id)
def test_the_reference_is_timed_against_scipys_direct_sum(
    case: Case, benchmark: BenchmarkFixture
) -> None:
    img, k = case.arrays()
    size = output_size(case.padding_word, case.image, case.kernel)
    exact = benchmark.pedantic(  # type: ignore[no-untyped-call]
        correlate, args=(img, k), kwargs={"size": size}, rounds=ROUNDS, warmup_rounds=1
    )
    if benchmark.stats is not None:
        seconds = min(repeat(lambda: signal.correlate2d(img, k, "valid"), number=1, repeat=ROUNDS))
        ratio = benchmark.stats.stats.min / seconds
        benchmark.extra_info["times scipy.signal.correlate2d"] = ratio
        print(f"{ratio:.1f} times scipy.signal.correlate2d, {seconds * 1e3:.2f} ms")
    error = exact.error_of(signal.correlate2d(img, k, "valid"))
    assert np.all(error <= error_bounds.componentwise(exact, img.dtype))
