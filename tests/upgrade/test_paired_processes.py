"""The processes of the benchmark: `compare` on real ones, and what they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from conv2d_conformance.definition.correlation import correlate
from conv2d_conformance.runtime.time_budget import LADDER
from conv2d_conformance.upgrade.compare_speed import SCREEN, compare
from tests.benchmarks import slowed
from tests.benchmarks.local import Local

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.backends.protocol import Array, Padding
    from conv2d_conformance.cases.planes import Case

CASE = LADDER[0]
SLOWED = [slowed.conv2d, slowed.tenth_slower, slowed.fifth_slower, slowed.half_slower]


def start() -> Local:
    return Local("tests/benchmarks/slowed.py:conv2d")


@pytest.mark.serial
@pytest.mark.slow
def test_real_processes_are_compared_in_pairs() -> None:
    said: list[str] = []
    (ratio,) = compare(start, start, [CASE], budget=1.0, progress=said.append)
    assert ratio.case == CASE
    assert said[:SCREEN] == [f"pair {i + 1} of {SCREEN}: 1 cases" for i in range(SCREEN)]


@pytest.mark.slow
def test_a_process_that_ended_raises() -> None:
    process = start()
    process.close()
    with pytest.raises(ValueError, match="closed file"):
        process.time(CASE, 1, 1)


@pytest.mark.parametrize("function", SLOWED, ids=lambda function: function.__name__)
@pytest.mark.parametrize("case", [LADDER[0], LADDER[4], LADDER[5]], ids=lambda case: case.id)
def test_the_slowed_convolution_is_one(
    function: Callable[[Array, Array, Padding], Array], case: Case
) -> None:
    img, k = case.arrays()
    before = (k.shape[0] - 1) // 2, (k.shape[1] - 1) // 2
    exact = correlate(img, k[::-1, ::-1], before=before, size=case.image)
    error = np.abs(function(img, k, "same") - exact.value)
    assert np.linalg.norm(error) <= 1e-6 * np.linalg.norm(exact.scale)
