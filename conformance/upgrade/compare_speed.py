"""Tests whether one version of a backend is slower, in pairs of fresh processes, twice.

Every case is screened in `SCREEN` pairs of processes. Those that look slower are measured again
in `CONFIRM` fresh pairs, and only a case that is slower both times is reported. In either
measurement a case counts as slower if the lower bound of its ratio, by the sign test over pairs,
is above `MIN_RATIO`.

The chance of a false report is set for all cases together. A case that is at most `MIN_RATIO`
times slower passes the screen with a chance of at most `SCREENED`. The confirmation shares no
process with it and has the chance level/(cases · `SCREENED`). So any false report at all has a
chance of at most ``level`` (Bonferroni's bound, which holds even if cases depend on each other).
"""

from __future__ import annotations

import math
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
# One pair of 7 may be disturbed, with a chance of (1 + 7)/2**7 = 1/16; two of 18 for 18 cases.
SCREEN, SCREENED = 7, 1 / 16
CONFIRM = 18
LEVEL = 0.001
# Seconds of calls in the first measurement.
BUDGET = 60.0


@dataclass(frozen=True)
class Ratio:
    """B's time over A's on one case: the median of the pairs that were measured last.

    ``low`` and ``high`` enclose the true median with a confidence of ``level``. ``slower`` is what
    the first measurement says, ``confirmed`` whether the second, which is then the last, agrees.
    """

    case: Case
    ratio: float
    low: float
    high: float
    level: float
    pairs: int
    slower: bool
    confirmed: bool


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
        second measurement, which takes up to `CONFIRM`/`SCREEN` times as long if all cases are
        slower. A case that does not fit is left out, and ``progress`` is called.
    level : float
        Chance that any case that is not slower is reported.

    Raises
    ------
    OverBudget
        If no case fits. What a process raises is raised after both are closed.
    """
    bench = PairedBenchmark(a, b, budget / SCREEN, progress)
    first = bench.measure(cases, SCREEN)
    screened = {case: ratio_from_logs(case, logs, SCREENED) for case, logs in first.items()}
    flagged = [case for case, ratio in screened.items() if ratio.slower]
    if flagged:
        progress(f"measuring {len(flagged)} of {len(screened)} cases again")
        chance = min(level / (len(screened) * SCREENED), SCREENED)
        screened.update(measure_again(bench, flagged, chance))
    return [screened[case] for case in cases if case in screened]


def measure_again(
    bench: PairedBenchmark, flagged: Sequence[Case], chance: float
) -> dict[Case, Ratio]:
    """Measure the cases that look slower in fresh pairs."""
    logs = bench.measure(flagged, max(CONFIRM, min_values(chance)))
    return {case: ratio_from_logs(case, logs[case], chance, again=True) for case in flagged}


def ratio_from_logs(
    case: Case, logs: Sequence[float], chance: float, *, again: bool = False
) -> Ratio:
    """Return the ratio from the pairs of one measurement."""
    found = interval(logs, chance)
    middle, low, high = map(math.exp, (found.middle, found.low, found.high))
    slower = low > MIN_RATIO
    confidence = 1 - 2 * chance
    return Ratio(case, middle, low, high, confidence, len(logs), again or slower, again and slower)
