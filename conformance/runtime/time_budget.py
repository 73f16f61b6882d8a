"""The sizes that are timed, and a clock that leaves out sizes that would exceed their budget."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Protocol

from conv2d_conformance.cases.case import Case
from conv2d_conformance.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture


class Stopwatch(Protocol):
    """Times the calls of a check: pytest-benchmark's fixture, made at first use."""

    @property
    def off(self) -> bool:
        """Whether an option, or xdist, has switched it off."""

    def __call__(self) -> BenchmarkFixture:
        """Return the fixture."""


def multiplications(case: Case) -> int:
    """Count the products without strides: H·W·Kh·Kw for each channel and output."""
    img, k = case.shapes
    return math.prod((*img[-2:], *k))


ROUNDS = 5
# Seconds of a call beside which cold caches and a busy machine are small.
LEAST_WORK = 5e-4
EXTENTS = (128, 256, 512)
LESS = 4
LADDER = tuple(
    sorted(
        (
            Case((n, n), (m, m), "same", "float32", "normal")
            for n, m in product((8, 32, 128, 512, 1024), (3, 5, 11, 31))
            if m <= n
        ),
        key=multiplications,
    )
)


class OverBudget(Refused):
    """A size that would exceed its budget; the message says by how much."""


@dataclass(frozen=True)
class MeasuredTime:
    """Seconds per call: the first call (with trace and compilation) separate from the rest."""

    first_call: float
    median: float
    iqr: float
    min: float
    rounds: int
    loops: int


@dataclass
class Clock:
    """The budget of one size in seconds, and a prediction for the next size."""

    budget: float = 2.0
    seconds_per_product: float = 0.0
    taken: MeasuredTime | None = field(default=None)
    keeps_results: bool | None = None

    def require_work(self, seconds_on: Callable[[int, int], float]) -> None:
        """Find out whether calls are timed that only look up a result which was kept.

        ``seconds_on`` takes the extent and the number of an input and returns the seconds of one
        call on it.

        Raises
        ------
        OverBudget
            If calls on numbers that were seen take a fraction of those on new ones.
        """
        if self.keeps_results is None:
            # The first extent that is some work; a call that compiles has then done so.
            extent = next((n for n in EXTENTS if seconds_on(n, 0) > 4 * LEAST_WORK), EXTENTS[-1])
            self.keeps_results = all(
                looked_up([(seconds_on(extent, i), seconds_on(extent, i)) for i in numbers])
                for numbers in (range(1, 6), range(6, 56))
            )
        if self.keeps_results:
            reason = "the call keeps results: on numbers that it has seen it takes no time"
            raise OverBudget(reason)

    def require_budget(self, case: Case) -> None:
        """Predict the time of a size from the size below it, in proportion to the products.

        Raises
        ------
        OverBudget
            If its rounds would exceed the budget.
        """
        self.taken = None
        predicted = self.seconds_per_product * multiplications(case) * ROUNDS
        if predicted > self.budget:
            reason = f"{ROUNDS} calls would take about {predicted:.1f} s of {self.budget:g} s"
            raise OverBudget(reason)


def looked_up(pairs: list[tuple[float, float]]) -> bool:
    """Return whether the quickest call on new numbers takes far longer than that on the same again.

    On a busy machine five calls on new numbers may all wait for a core; hardly ever fifty.
    """
    new, again = (min(pair[i] for pair in pairs) for i in range(2))
    return new > max(LEAST_WORK, LESS * again)


def rounds_within(
    clock: Clock, seconds_of: Callable[[int, int], list[float]], case: Case
) -> tuple[int, int]:
    """Return the rounds, and calls per round, that fit the budget; measured by one call.

    ``seconds_of`` takes both and returns seconds per call, by round.

    Raises
    ------
    OverBudget
        If not even `ROUNDS` calls fit.
    """
    (seconds,) = seconds_of(1, 1)
    clock.seconds_per_product = seconds / multiplications(case)
    clock.require_budget(case)
    loops = max(1, int(1e-3 / seconds))
    rounds = int(clock.budget / 8 / (seconds * loops))
    return min(max(rounds, ROUNDS), 50), loops
