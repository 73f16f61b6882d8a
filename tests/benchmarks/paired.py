"""Gates of a backend against itself, slowed by so much, one line of JSON each on stdout.

``python -m tests.benchmarks.paired conv2d 100 >> gates.jsonl`` compares a backend with itself a
hundred times; `tenth_slower`, `fifth_slower` and `half_slower` of `tests.benchmarks.slowed` are
what is to be found. `tests.benchmarks.paired_table` makes the table.
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from statistics import median
from time import monotonic
from typing import TYPE_CHECKING, Any

from conv2d_conformance.runtime.time_budget import LADDER
from conv2d_conformance.upgrade.compare_speed import SCREEN, compare
from tests.benchmarks.local import Local

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conv2d_conformance.cases.case import Case

SLOWED = "tests/benchmarks/slowed.py"
# Seconds of calls in the first measurement: as few as the whole ladder leaves room for.
BUDGET = 18.0


class Recorded(Local):
    """A process whose rounds are kept, by case, but for the first call."""

    def __init__(self, backend: str) -> None:
        super().__init__(f"{SLOWED}:{backend}")
        self.rounds: dict[str, list[float]] = defaultdict(list)
        self._called: set[str] = set()

    def time(self, case: Case, rounds: int, loops: int) -> list[float]:
        """Keep what is answered."""
        seconds = super().time(case, rounds, loops)
        if case.id in self._called:
            self.rounds[case.id] += seconds
        self._called.add(case.id)
        return seconds


class Recorder:
    """Starts processes of one backend and remembers them."""

    def __init__(self, backend: str) -> None:
        self.backend = backend
        self.started: list[Recorded] = []

    def __call__(self) -> Recorded:
        """Start one."""
        self.started.append(Recorded(self.backend))
        return self.started[-1]


def gate(backend: str, budget: float) -> dict[str, Any]:
    """One comparison of the ladder, by both methods."""
    a, b = Recorder("conv2d"), Recorder(backend)
    began = monotonic()
    ratios = compare(a, b, LADDER, budget=budget, progress=lambda _: None)
    old, new = a.started[:SCREEN], b.started[:SCREEN]
    return {
        "backend": backend,
        "seconds": round(monotonic() - began, 1),
        "load": os.getloadavg()[0],
        "cases": [ratio.case.id for ratio in ratios],
        "ratios": [round(ratio.ratio, 4) for ratio in ratios],
        "low": [round(ratio.low, 4) for ratio in ratios],
        "high": [round(ratio.high, 4) for ratio in ratios],
        "slower": [ratio.case.id for ratio in ratios if ratio.slower],
        "confirmed": [ratio.case.id for ratio in ratios if ratio.confirmed],
        "pooled": regressed(old, new),
        "apart": regressed(old[: SCREEN // 2], new[-(SCREEN // 2) :]),
    }


def regressed(old: Iterable[Recorded], new: Iterable[Recorded]) -> list[str]:
    """Cases that fail `--benchmark-compare-fail=median:10%`, on the rounds of some processes.

    The rule of pytest-benchmark 5.3's `PercentageRegressionCheck`:
    current / compared * 100 - 100 > 10.
    """
    before, after = medians(old), medians(new)
    return [case for case in after if after[case] / before[case] * 100 - 100 > 10]


def medians(processes: Iterable[Recorded]) -> dict[str, float]:
    """The median round of each case, over all the processes."""
    rounds: dict[str, list[float]] = defaultdict(list)
    for process in processes:
        for case, seconds in process.rounds.items():
            rounds[case] += seconds
    return {case: median(seconds) for case, seconds in rounds.items()}


def main(backend: str, gates: int, budget: float = BUDGET) -> None:
    """Print each gate as soon as it is done."""
    for _ in range(gates):
        print(json.dumps(gate(backend, budget)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *map(float, sys.argv[3:]))
