"""The interval of the sign test: exact for few pairs, and for noise of any shape.

Each of n pairs is above the median of all pairs as likely as below it. So the number below is
binomial with one half: P(at most k) = Σ C(n, i)/2**n over i ≤ k. The ordered pairs themselves
bound the median (Thompson 1936; Le Boudec, "Performance Evaluation", 2010, section 2.2). Spread
and tails do not matter; a noisy pair counts no more than any other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Interval:
    """A median and its bounds; each bound is wrong with at most a set chance."""

    middle: float
    low: float
    high: float


def interval(values: Sequence[float], chance: float) -> Interval:
    """The median of what ``values`` were drawn from; each bound is wrong by at most ``chance``.

    The bounds are infinite where there are fewer values than `min_values`.
    """
    k = allowed_beyond_bound(len(values), chance)
    if k < 0:
        return Interval(median(values), -math.inf, math.inf)
    ordered = sorted(values)
    return Interval(median(values), ordered[k], ordered[-1 - k])


def allowed_beyond_bound(n: int, chance: float) -> int:
    """Return how many of ``n`` values may be beyond a bound; -1 if there are too few values."""
    at_most = accumulate(math.comb(n, i) * 0.5**n for i in range(n + 1))
    return sum(reached <= chance for reached in at_most) - 1


def min_values(chance: float) -> int:
    """Return the fewest values that give a bound: all n are on one side with a chance of 2**-n."""
    return math.ceil(math.log2(1 / chance))
