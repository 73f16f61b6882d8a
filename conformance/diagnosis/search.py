"""Searches for the hypotheses that relate a result to its operands, the simplest first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition.correlation import BOUNDARIES, source_indices
from conv2d_conformance.definition.padding import Options, pads_of
from conv2d_conformance.diagnosis import fit as fitting
from conv2d_conformance.diagnosis.describe import weight
from conv2d_conformance.diagnosis.fft_screening import screen
from conv2d_conformance.diagnosis.fit import Elements, ValueFit
from conv2d_conformance.diagnosis.hypothesis import SAME_VARIANTS, Hypothesis, PostOps
from conv2d_conformance.diagnosis.problem import turned
from conv2d_conformance.diagnosis.stride_candidates import steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conv2d_conformance.definition.correlation import Array, Exact, Floats, Orientation
    from conv2d_conformance.diagnosis.hypothesis import Shapes
    from conv2d_conformance.diagnosis.problem import Problem

# Candidates that are compared at a few elements, and the number of these elements.
MAX_RANKED, ELEMENTS = 60, 400
# The same with a stride or dilation: there are many of these.
STEPPED = 12
# Products that the reference may sum to confirm candidates beyond the first.
BUDGET = 10**8
# The most hypotheses that are listed if the data cannot distinguish them.
MAX_TIED = 8


@dataclass(frozen=True)
class Explanation:
    """A hypothesis that holds at every element, what follows it, and what precision is lost."""

    hypothesis: Hypothesis
    fit: ValueFit
    exact: Exact
    post: PostOps = field(default_factory=PostOps)
    precision: str | None = None


def find_hypotheses(problem: Problem, expected: Orientation) -> list[Explanation]:
    """Every hypothesis that was found to hold, ranked: finest precision, then fewest deviations.

    Of those that are one for these very operands (`Problem.orientations`) only one is listed.
    """
    for options in steps(shapes(problem)):
        if found := _confirmed(problem, rank_candidates(problem, options, expected), expected):
            return found
    return []


def find_named(
    readings: Sequence[Problem], expected: Orientation
) -> tuple[Problem, list[Explanation]] | None:
    """The first reading with hypotheses whose padding has a name, with no loss of precision.

    It is far quicker than `find_hypotheses`: the fewest steps are tried on every reading first.
    """
    allowed = [list(steps(shapes(problem))) for problem in readings]
    for options in dict.fromkeys(chain.from_iterable(allowed)):
        for problem, possible in zip(readings, allowed, strict=True):
            if options in possible and (found := _fine_named(problem, options, expected)):
                return problem, found
    return None


def _fine_named(problem: Problem, options: Options, expected: Orientation) -> list[Explanation]:
    ranked = _ranked(problem, canonical(problem, options), expected)
    fine = [pair for pair in ranked if is_fine(problem, pair[0])]
    found = _confirmed(problem, fine, expected)
    return [each for each in found if is_fine(problem, each.fit)]


def is_fine(problem: Problem, fit: ValueFit) -> bool:
    """Return whether a fit shows no less precision than the arrays' dtypes have."""
    return fit.roundoff <= problem.roundoff


def shapes_are_possible(problem: Problem) -> bool:
    """Return whether any padding, stride and dilation gives the result's shape."""
    return next(steps(shapes(problem)), None) is not None


def shapes(problem: Problem) -> list[Shapes]:
    """Extents under every orientation and turn that are tried."""
    pairs = product(problem.orientations, problem.turns)
    return list(dict.fromkeys(problem.shapes(*pair) for pair in pairs))


def rank_candidates(
    problem: Problem, options: Options, expected: Orientation
) -> list[tuple[ValueFit, Hypothesis]]:
    """Candidates that fit at a few hundred elements, ranked."""
    most = MAX_RANKED if options == Options() else STEPPED
    scored = sorted(screen(problem, options), key=lambda s: s.distance)
    candidates = [*canonical(problem, options), *(s.found for s in scored[:most])]
    return _ranked(problem, candidates, expected)


def _ranked(
    problem: Problem, candidates: Iterable[Hypothesis], expected: Orientation
) -> list[tuple[ValueFit, Hypothesis]]:
    spread = {other: None for each in candidates for other in bounded(each)}
    fits = (
        (fitting.best_fit(sample_elements(problem, each), problem.roundoff), each)
        for each in spread
    )
    held = [_solved(fit, each) for fit, each in fits if fit is not None]
    return sorted(held, key=lambda pair: _rank(problem, pair[0], pair[1], expected))


def _rank(
    problem: Problem, fit: ValueFit, found: Hypothesis, expected: Orientation
) -> tuple[float, float]:
    return _level(problem, fit), weight(found, expected)


def _level(problem: Problem, fit: ValueFit) -> float:
    """Return the fit's u, but no finer than a correct call needs."""
    return max(fit.roundoff, problem.roundoff)


def _solved(fit: ValueFit, found: Hypothesis) -> tuple[ValueFit, Hypothesis]:
    return fit, replace(found, scale=fit.scale, bias=fit.bias)


def bounded(found: Hypothesis) -> Iterator[Hypothesis]:
    """With every boundary, where it shows."""
    if not found.outside:
        yield replace(found, boundary="zeros")
        return
    for boundary in BOUNDARIES:
        yield replace(found, boundary=boundary)


def canonical(problem: Problem, options: Options) -> Iterator[Hypothesis]:
    """The paddings that have a name, for every orientation, of the result as it stands."""
    for orientation in problem.orientations:
        start = replace(problem.hypothesis(orientation), options=options)
        image, kernel = start.shapes.image, start.shapes.kernel
        words = [pads_of(word, image, kernel, options) for word in ("valid", "full")]
        words += [
            pads_of("same", image, kernel, options, align=align, strided=strided)
            for align, strided in SAME_VARIANTS
        ]
        for rows, columns in dict.fromkeys(words):
            named = replace(start, before=(rows[0], columns[0]))
            if named.padding():
                yield named


def sample_elements(problem: Problem, found: Hypothesis) -> Elements:
    """Return some elements of the first plane, and their prediction in float64."""
    plane = problem.undone(found.turn)
    every = plane.shape[-2] * plane.shape[-1]
    picked = np.arange(every) if every <= ELEMENTS else _spread(plane.shape[-2:])
    picked = picked[problem.explained(found.turn)[0, 0].flat[picked]]
    at = np.unravel_index(picked, plane.shape[-2:])
    value, scale, spread = _sums(problem, found, at)
    result = plane[0, 0][at].astype(np.float64)
    taps = prod(problem.k.shape[1:])
    return Elements(result, value, scale, taps, problem.norms, problem.tiny, problem.slack, spread)


@lru_cache(maxsize=16)
def _spread(shape: tuple[int, ...]) -> Array:
    """Elements everywhere, half of them at the border, where boundaries differ."""
    rng = np.random.default_rng(0)
    numbers = np.arange(shape[0] * shape[1]).reshape(shape)
    border = np.concatenate([numbers[0], numbers[-1], numbers[:, 0], numbers[:, -1]])
    half = ELEMENTS // 2
    return np.unique(np.concatenate([rng.choice(border, half), rng.choice(numbers.ravel(), half)]))


def _sums(
    problem: Problem, found: Hypothesis, at: tuple[Array, ...]
) -> tuple[Floats, Floats, float]:
    """The first plane's values at some elements, in float64, S, and `Elements.spread`."""
    kernel = turned(problem.k, found.orientation)[0].astype(np.float64)
    options = found.options
    rows, columns = (
        source_indices(where[:, None] * s - before + d * np.arange(m), n, found.boundary)
        for where, s, before, d, m, n in zip(
            at, options.stride, found.before, options.dilation, kernel.shape[1:],
            found.shapes.image, strict=True,
        )
    )  # fmt: skip
    pixels = problem.first_image[:, rows[:, :, None], columns[:, None, :]].astype(np.float64)
    inside = (rows >= 0)[:, :, None] & (columns >= 0)[:, None, :]
    pixels = np.where(inside, pixels, 0.0)
    with np.errstate(invalid="ignore", over="ignore"):
        value = np.einsum("cnab,cab->n", pixels, kernel)
        scale = np.einsum("cnab,cab->n", np.abs(pixels), np.abs(kernel))
        squares = np.einsum("cnab,cab->n", pixels**2, kernel**2)
    return value, scale, float(np.sqrt(np.mean(squares)))


def _confirmed(
    problem: Problem, ranked: list[tuple[ValueFit, Hypothesis]], expected: Orientation
) -> list[Explanation]:
    """Return the candidates that hold at every element, as many as the budget can confirm."""
    held: list[Explanation] = []
    left = float(BUDGET)
    for fit, candidate in ranked:
        finest = min((_level(problem, each.fit) for each in held), default=_level(problem, fit))
        if len(held) == MAX_TIED or (held and (left < 0 or _level(problem, fit) > finest)):
            break
        left -= problem.result.size * prod(problem.k.shape[1:])
        if (found := confirm(problem, candidate)) is not None:
            held.append(found)
    return sorted(held, key=lambda f: _rank(problem, f.fit, f.hypothesis, expected))


def confirm(problem: Problem, candidate: Hypothesis) -> Explanation | None:
    """The hypothesis with its fit over all elements; None if it does not hold at one of them."""
    exact = problem.exact(candidate)
    fit = fitting.best_fit(all_elements(problem, candidate, exact), problem.roundoff)
    if fit is None:
        return None
    return Explanation(replace(candidate, scale=fit.scale, bias=fit.bias), fit, exact)


def all_elements(problem: Problem, found: Hypothesis, exact: Exact) -> Elements:
    """All elements; the result less what float64 does not hold of the reference."""
    result = problem.undone(found.turn).astype(np.float64) - exact.low
    where = problem.explained(found.turn)
    return Elements(
        result[where], exact.value[where], exact.scale[where], exact.taps,
        problem.norms, problem.tiny, problem.slack,
    )  # fmt: skip
