"""Tests whether one version of a backend is slower, in pairs of fresh processes, twice.

Every case is screened in `SCREEN` pairs of processes. Those whose median ratio is above `MIN_RATIO`
look slower. They are measured again in `CONFIRM` fresh pairs, and what is still undecided in as
many more. Only a case that is slower then is reported: the lower bound of its ratio, by the sign
test over all fresh pairs, is above `MIN_RATIO`.

The chance of a false report is set for all cases together. A case that is at most `MIN_RATIO`
times slower looks slower with a chance of at most `SCREENED`. The confirmation shares no process
with the screen, and each of its `LOOKS` has the chance level/(cases · `SCREENED` · `LOOKS`). So
any false report at all has a chance of at most ``level`` (Bonferroni's bound, which holds even if
cases and looks depend on each other).
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conv2d_conformance.upgrade.paired_processes import PairedBenchmark
from conv2d_conformance.upgrade.sign_test import interval, min_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conv2d_conformance.cases.case import Case
    from conv2d_conformance.upgrade.paired_processes import Start
    from conv2d_conformance.upgrade.schedule import Progress

# Differences up to 3 % are not reported: the placement of code and data makes as much
# (Mytkowicz et al., "Producing wrong data without doing anything obviously wrong", 2009).
MIN_RATIO = 1.03
# As likely as not, a ratio of at most 3 % has a median above 3 %.
SCREEN, SCREENED = 7, 1 / 2
# Of 18 cases 2 of 24 pairs may be disturbed, and 10 of 48.
CONFIRM, LOOKS = 24, 2
LEVEL = 0.001
# Chance that a bound of a case that does not look slower is wrong: one pair of 7 may be disturbed.
SHOWN = 1 / 16
# Seconds of calls in the first measurement.
BUDGET = 60.0


@dataclass(frozen=True)
class Ratio:
    """B's time over A's on one case: the median of the pairs that were measured last.

    ``low`` and ``high`` enclose the true median with a confidence of ``level``. ``slower`` is
    whether the first measurement looks slower, ``confirmed`` whether the second one shows it.
    """

    case: Case
    ratio: float
    low: float
    high: float
    level: float
    pairs: int
    slower: bool
    confirmed: bool

    @property
    def open(self) -> bool:
        """Whether more pairs could show that it is slower."""
        return not self.confirmed and self.ratio > MIN_RATIO


def compare(
    a: Start,
    b: Start,
    cases: Sequence[Case],
    *,
    budget: float = BUDGET,
    level: float = LEVEL,
    progress: Progress,
) -> list[Ratio]:
    """The ratio of each case that fits the budget, in the order of ``cases``.

    Parameters
    ----------
    a, b : Start
        What starts a fresh process of the old version, and of the new one.
    budget : float
        Seconds of calls in the first measurement; starting processes comes on top, and so does the
        second measurement, which takes up to `LOOKS`·`CONFIRM`/`SCREEN` times as long if all cases
        look slower. A case that does not fit is left out, and ``progress`` is called.
    level : float
        Chance that any case that is not slower is reported.

    Raises
    ------
    OverBudget
        If no case fits. What a process raises is raised after both are closed.
    """
    bench = PairedBenchmark(a, b, budget / SCREEN, progress)
    first = bench.measure(cases, SCREEN)
    ratios = {case: ratio_from_logs(case, logs, SHOWN) for case, logs in first.items()}
    suspects = [case for case, ratio in ratios.items() if ratio.ratio > MIN_RATIO]
    chance = min(level / (len(ratios) * SCREENED * LOOKS), SHOWN)
    ratios.update(confirm(bench, suspects, chance))
    return [ratios[case] for case in cases if case in ratios]


def confirm(bench: PairedBenchmark, suspects: Sequence[Case], chance: float) -> dict[Case, Ratio]:
    """Measure what looks slower in fresh pairs, and again where that leaves it open."""
    ratios: dict[Case, Ratio] = {}
    logs: dict[Case, list[float]] = defaultdict(list)
    for look in range(LOOKS):
        left = [case for case in suspects if not look or ratios[case].open]
        if not left:
            break
        bench.progress(f"measuring {len(left)} of {len(bench.costs)} cases again")
        for case, more in bench.measure(left, max(CONFIRM, min_values(chance))).items():
            logs[case] += more
            ratios[case] = ratio_from_logs(case, logs[case], chance, again=True)
    return ratios


def ratio_from_logs(
    case: Case, logs: Sequence[float], chance: float, *, again: bool = False
) -> Ratio:
    """Return the ratio from the pairs of one measurement."""
    found = interval(logs, chance)
    middle, low, high = map(math.exp, (found.middle, found.low, found.high))
    slower = again or middle > MIN_RATIO
    confirmed = again and low > MIN_RATIO
    return Ratio(case, middle, low, high, 1 - 2 * chance, len(logs), slower, confirmed)
