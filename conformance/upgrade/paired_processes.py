"""Times pairs of fresh processes that take turns on every case: a ratio per pair and case.

The process is the unit of repetition. Each start draws a new memory layout, which stays for the
life of the process, so more rounds in one process only measure the same draw better (Kalibera
and Jones, "Rigorous benchmarking in reasonable time", 2013). Inside a pair the turns go A B B A,
then B A A B, and the next pair begins with B: a drift of the machine favours each side equally.
Both processes live; one works. The fastest round of a process counts, because a disturbance only
adds time (Chen and Revels, "Robust benchmarking in noisy environments", 2016).
"""

from __future__ import annotations

import math
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conv2d_conformance.upgrade.schedule import costs_that_fit, share_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from conv2d_conformance.cases.case import Case
    from conv2d_conformance.upgrade.schedule import CaseCost, Process, Progress, Turns

    Start = Callable[[], Process]


@dataclass
class PairedBenchmark:
    """Measures cases in pair after pair of fresh processes.

    ``costs`` are estimated in the first pair, of what fits into ``seconds`` of one pair, and then
    hold. Fewer cases share the same seconds, and get more turns each.
    """

    a: Start
    b: Start
    seconds: float
    progress: Progress
    costs: dict[Case, CaseCost] = field(default_factory=dict)

    def measure(self, cases: Iterable[Case], pairs: int) -> dict[Case, list[float]]:
        """Return the logarithm of B's seconds over A's in each pair, for each case that fits."""
        wanted = list(cases)
        logs: dict[Case, list[float]] = {}
        for pair in range(pairs):
            for case, log in self._pair(wanted, pair).items():
                logs.setdefault(case, []).append(log)
            self.progress(f"pair {pair + 1} of {pairs}: {len(logs)} cases")
        return logs

    def _pair(self, cases: list[Case], pair: int) -> dict[Case, float]:
        with ExitStack() as both:
            a = both.enter_context(closing(self.a()))
            b = both.enter_context(closing(self.b()))
            if not self.costs:
                self.costs = costs_that_fit(a, b, cases, self.seconds, self.progress)
            chosen = {case: cost for case, cost in self.costs.items() if case in cases}
            return log_ratios(a, b, share_time(chosen, self.seconds), pair)


def log_ratios(a: Process, b: Process, plan: Mapping[Case, Turns], pair: int) -> dict[Case, float]:
    """Return the log ratio of B to A on each case; 0.1 is about 10 %. B begins in odd pairs.

    The first call of each, which may trace and compile, does not count. A case gets one cycle of
    turns after the others have had theirs: a disturbance of a second then meets one cycle of many.
    """
    fastest = {(name, case): math.inf for case in plan for name in "ab"}
    processes = {"a": a, "b": b}
    for name, case in fastest:
        processes[name].time(case, 1, 1)
    for cycle, case in cycles(plan):
        for name in "abba" if (pair + cycle) % 2 == 0 else "baab":
            rounds = processes[name].time(case, plan[case].rounds, plan[case].loops)
            fastest[name, case] = min(fastest[name, case], *rounds)
    return {case: math.log(fastest["b", case] / fastest["a", case]) for case in plan}


def cycles(plan: Mapping[Case, Turns]) -> Iterator[tuple[int, Case]]:
    """The first cycle of every case, then the second of those that have one, and so on."""
    for cycle in range(max(turns.cycles for turns in plan.values())):
        for case, turns in plan.items():
            if cycle < turns.cycles:
                yield cycle, case
