"""Explains whole numbers by a convolution that was scaled, clipped and rounded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.diagnosis import search
from conv2d_conformance.diagnosis.fit import FEWEST, ValueFit
from conv2d_conformance.diagnosis.search import Explanation
from conv2d_conformance.diagnosis.stride_candidates import steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.correlation import Array, Floats
    from conv2d_conformance.diagnosis.hypothesis import Hypothesis, PostOps
    from conv2d_conformance.diagnosis.problem import Problem

ROUNDINGS = {"rint": np.rint, "floor": np.floor, "trunc": np.trunc}
# Root mean square of what rounding to whole numbers changes, and how far estimates stray from it.
SPREAD, STRAY = 0.3, 4
# Denominators of a scale such as 1/16 or 1/255.
DENOMINATORS = 256


def explain_rounded(problem: Problem, form: PostOps) -> list[Explanation]:
    """The rounded convolution that gives every element, its padding one that has a name.

    Parameters
    ----------
    problem : Problem
        With a result of whole numbers, of which those between the bounds of the clip are known.
    form : PostOps
        The clip that comes with it, if any.
    """
    for found in _named(problem):
        sampled = search.sample_elements(problem, found)
        for name in ROUNDINGS:
            scale = _scale(sampled.value, sampled.result, name)
            if scale and _gives(sampled.value, sampled.result, scale, name):
                post = replace(form, rounding=name)
                if whole := _everywhere(problem, replace(found, scale=scale), post):
                    return [whole]
    return []


def _named(problem: Problem) -> Iterator[Hypothesis]:
    for options in steps(search.shapes(problem)):
        for candidate in search.canonical(problem, options):
            yield from search.bounded(candidate)


def _scale(p: Floats, y: Floats, name: str) -> float | None:
    """The simplest scale that the numbers allow; None if they are not related."""
    if len(y) < FEWEST or np.ptp(p) == 0 or np.ptp(y) == 0:
        return None
    moved = y + {"rint": 0.0, "floor": 0.5}.get(name, 0.5 * np.sign(y))
    scale = float(p @ moved / (p @ p))
    stray = STRAY * SPREAD / float(np.sqrt(p @ p))
    if np.sqrt(np.mean((moved - scale * p) ** 2)) > STRAY * SPREAD:
        return None
    near = (round(scale * parts) / parts for parts in range(1, DENOMINATORS + 1))
    return next((each for each in near if each and abs(each - scale) <= stray), None)


def _gives(p: Floats, y: Floats, scale: float, name: str) -> bool:
    """Return whether rounding gives every element, but for those at the very edge of a step."""
    return bool(np.mean(ROUNDINGS[name](scale * p) == y) > 1 - 1 / len(y) / 2)


def _everywhere(problem: Problem, found: Hypothesis, post: PostOps) -> Explanation | None:
    exact = problem.exact(found)
    y = problem.undone(found.turn).astype(np.float64)
    made = np.clip(found.scale * exact.value, post.lower, post.upper)
    slack = abs(found.scale) * exact.scale * problem.roundoff * (exact.taps + 3)
    rounded = ROUNDINGS[post.rounding]
    near = (y == rounded(made - slack)) | (y == rounded(made + slack))
    if not near.all():
        return None
    return Explanation(found, ValueFit(problem.roundoff, 0.0, False, found.scale), exact, post)


def is_whole(result: Array) -> bool:
    """Return whether a result is of whole numbers, and varies."""
    finite = result[np.isfinite(result)]
    return bool(finite.size and (finite == np.rint(finite)).all() and np.ptp(finite) > 2)
