"""Finds the nearest hypothesis to a result that none explains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.diagnosis.describe import weight
from conv2d_conformance.diagnosis.fft_screening import screen
from conv2d_conformance.diagnosis.search import (
    MAX_RANKED,
    bounded,
    canonical,
    sample_elements,
    shapes,
)
from conv2d_conformance.diagnosis.stride_candidates import steps

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Orientation
    from conv2d_conformance.diagnosis.fit import Elements
    from conv2d_conformance.diagnosis.hypothesis import Hypothesis
    from conv2d_conformance.diagnosis.problem import Problem

# Share of the elements that the nearest hypothesis explains, or it is the plainest instead.
MIN_SHARE = 0.1
# Shares that differ by less are alike.
SIMILAR_SHARE = 0.01


def nearest(problem: Problem, expected: Orientation) -> Hypothesis:
    """Return the plainest hypothesis that agrees at most of a few hundred elements."""
    options = next(steps(shapes(problem)))
    scored = sorted(screen(problem, options), key=lambda s: s.distance)[:MAX_RANKED]
    candidates = [*canonical(problem, options), *(s.found for s in scored)]
    spread = dict.fromkeys(other for each in candidates for other in bounded(each))
    shares = {each: _share(sample_elements(problem, each), problem.roundoff) for each in spread}
    best = max(shares.values())
    least = best - SIMILAR_SHARE if best >= MIN_SHARE else 0.0
    close = [each for each in shares if shares[each] >= least]
    return min(close, key=lambda each: weight(each, expected))


def _share(elements: Elements, roundoff: float) -> float:
    with np.errstate(invalid="ignore"):
        error = np.abs(elements.result - elements.value)
        return float(np.mean(error <= elements.bound(roundoff, by_norm=True)))
