"""Plans the turns of two processes on each case, within the time of a pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from conv2d_conformance.runtime.time_budget import OverBudget, multiplications

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from conv2d_conformance.cases.case import Case

    Progress = Callable[[str], None]

# Seconds of one round, at least: shorter calls are repeated, as reading the clock takes time too.
ROUND = 1e-3
# A call of this many seconds is not slowed by the state of caches and cores that the other
# process left; shorter ones get a second round in each turn.
LONG = 5e-3
# Cycles A B B A of one case in one pair.
MAX_CYCLES = 8


class Process(Protocol):
    """One fresh interpreter that has loaded one version of one backend."""

    def time(self, case: Case, rounds: int, loops: int) -> list[float]:
        """Seconds per call of each round of ``loops`` calls, forced to completion inside it."""
        ...

    def close(self) -> None:
        """End the process."""
        ...


@dataclass(frozen=True)
class Turns:
    """Cycles of four turns; in each turn rounds of as many loops, that is calls."""

    cycles: int
    rounds: int
    loops: int


@dataclass
class CaseCost:
    """The cost of a case in one pair, in seconds: both first calls, and one cycle."""

    first: float
    call: float

    @property
    def rounds(self) -> int:
        """Rounds of one turn."""
        return 1 if self.call > LONG else 2

    @property
    def loops(self) -> int:
        """Calls of one round."""
        return max(1, round(ROUND / self.call))

    @property
    def cycle(self) -> float:
        """Seconds of A B B A."""
        return 4 * self.rounds * self.loops * self.call

    @property
    def least(self) -> float:
        """Seconds of the first calls and one cycle."""
        return self.first + self.cycle


def costs_that_fit(
    a: Process,
    b: Process,
    cases: Iterable[Case],
    seconds: float,
    progress: Progress,
) -> dict[Case, CaseCost]:
    """Costs of the cases that fit into ``seconds``, the cheapest first.

    Raises
    ------
    OverBudget
        If none fits.
    """
    costs = estimate_costs(a, b, sorted(cases, key=multiplications), seconds, progress)
    order = sorted(costs, key=lambda case: costs[case].least)
    while order and sum(costs[case].least for case in order) > seconds:
        left_out(progress, order.pop(), seconds)
    if not order:
        reason = f"no case fits into the {seconds:.2g} s that a pair of processes may take"
        raise OverBudget(reason)
    return {case: costs[case] for case in order}


def estimate_costs(
    a: Process, b: Process, cases: Sequence[Case], seconds: float, progress: Progress
) -> dict[Case, CaseCost]:
    """The cost of each case, but for those that the one below says would never fit."""
    costs: dict[Case, CaseCost] = {}
    per_product = 0.0
    for case in cases:
        if 6 * per_product * multiplications(case) > seconds:
            left_out(progress, case, seconds)
            continue
        first = sum(process.time(case, 1, 1)[0] for process in (a, b))
        call = max(min(process.time(case, 2, 1)) for process in (a, b))
        per_product = call / multiplications(case)
        costs[case] = CaseCost(first, call)
    return costs


def left_out(progress: Progress, case: Case, seconds: float) -> None:
    """Say so: what is not compared must not pass for equal."""
    progress(f"left out: {case.id}, as a pair of processes may take {seconds:.2g} s")


def share_time(costs: Mapping[Case, CaseCost], seconds: float) -> dict[Case, Turns]:
    """One cycle for each, and more from equal shares of the rest; what one spares, others get."""
    spare = seconds - sum(cost.least for cost in costs.values())
    turns = {}
    for done, (case, cost) in enumerate(costs.items()):
        more = min(MAX_CYCLES - 1, int(spare / (len(costs) - done) / cost.cycle))
        spare -= more * cost.cycle
        turns[case] = Turns(1 + more, cost.rounds, cost.loops)
    return turns
