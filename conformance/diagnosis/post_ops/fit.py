"""Explains a result by a convolution and what follows it, one output at a time.

What an activation has changed is left aside: the elements between its bounds are scaled and moved
convolutions, and show how the operands were read. The others are then held to the activation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.diagnosis import fit as fitting
from conv2d_conformance.diagnosis import search
from conv2d_conformance.diagnosis.fit import FEWEST, Elements, ValueFit
from conv2d_conformance.diagnosis.hypothesis import PostOps
from conv2d_conformance.diagnosis.post_ops.rounding import explain_rounded, is_whole
from conv2d_conformance.diagnosis.search import Explanation, is_fine
from conv2d_conformance.diagnosis.stride_candidates import steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conv2d_conformance.definition.correlation import Array, Exact, Floats, Orientation
    from conv2d_conformance.diagnosis.hypothesis import Hypothesis
    from conv2d_conformance.diagnosis.problem import Problem

# Elements of one plane that must be left to show how its operands were read.
LEAST = 2 * FEWEST
# A bound is met this many times as often as the number next to it, at least.
OFTEN = 3
# Where people clip, with the sign that makes it a least value.
USUAL = (0.0, -1.0, -6.0, -255.0)


def explain(problem: Problem, expected: Orientation, *, thorough: bool) -> list[Explanation]:
    """The convolution with what follows it that holds at every element; empty if there is none.

    Parameters
    ----------
    problem : Problem
    expected : Orientation
    thorough : bool
        Whether paddings without a name are tried, too.
    """
    for form in _forms(problem.result):
        activation = _Activation(problem, form)
        whole = form.slope is None and is_whole(problem.result)
        if whole and (rounded := explain_rounded(activation.problem, form)):
            return rounded
        plane = activation.clearest_plane()
        if plane is None:
            continue
        named = search.find_named([plane], expected)
        held = named[1] if named else []
        if not held and thorough and form.slope is None:
            held = [h for h in search.find_hypotheses(plane, expected) if is_fine(plane, h.fit)]
        for candidate in _alike(plane, held):
            if (found := activation.everywhere(candidate, lambda value: value)) is not None:
                return [found]
    return _absolute(problem)


def _forms(result: Array) -> Iterator[PostOps]:
    """Yield what may follow, by the numbers that come often and by the signs."""
    finite = result[np.isfinite(result)].astype(np.float64)
    if finite.size < LEAST:
        return
    if is_whole(result):
        yield PostOps()
    lower, upper = _bound(finite), _bound(-finite)
    upper = None if upper is None else -upper
    if lower is not None and upper is not None:
        yield PostOps(lower=lower, upper=upper)
    if lower is not None:
        yield PostOps(lower=lower)
    if upper is not None:
        yield PostOps(upper=upper)
    if result.shape[1] > 1 and not is_whole(result):
        yield PostOps()
    if finite.min() < 0 < finite.max():
        yield PostOps(slope=0.0)


def _bound(values: Floats) -> float | None:
    """The least of the values, if it comes far more often than the next, or people clip there."""
    numbers, counts = np.unique(values, return_counts=True)
    often = len(numbers) > 1 and counts[0] > OFTEN * counts[1]
    return float(numbers[0]) if often or numbers[0] in USUAL else None


def _alike(plane: Problem, held: list[Explanation]) -> Iterator[Hypothesis]:
    """Every hypothesis, and those that are the same for the kernel of this one output."""
    for each in held:
        found = each.hypothesis
        yield found
        for other in plane.orientations[found.orientation]:
            if plane.shapes(other, found.turn) == found.shapes:
                yield replace(found, orientation=other)


@dataclass
class _Activation:
    """A problem, and what is thought to follow the convolution."""

    problem: Problem
    form: PostOps

    def __post_init__(self) -> None:
        y = self.problem.result
        known = np.isfinite(y)
        if self.form.slope is not None and self.form.slope != -1:
            known &= y > 0
        if self.form.lower is not None:
            known &= y > self.form.lower
        if self.form.upper is not None:
            known &= y < self.form.upper
        self.problem = replace(self.problem, known=known)

    def clearest_plane(self) -> Problem | None:
        """The image and output with the most elements that show the convolution."""
        problem, known = self.problem, self.problem.explained("correlation")
        counts = known.sum((2, 3))
        n, o = np.unravel_index(int(np.argmax(counts)), counts.shape)
        if counts[n, o] < LEAST:
            return None
        outputs = problem.k.shape[0] // problem.groups
        first = int(o) // outputs * problem.k.shape[1]
        return replace(
            problem,
            img=problem.img[n : n + 1, first : first + problem.k.shape[1]],
            k=problem.k[o : o + 1],
            result=problem.result[n : n + 1, o : o + 1],
            known=known[n : n + 1, o : o + 1],
        )

    def everywhere(
        self, candidate: Hypothesis, through: Callable[[Floats], Floats]
    ) -> Explanation | None:
        """The candidate with what follows it; None if it does not hold at every element."""
        whole = self.problem
        exact = whole.exact(candidate)
        exact = replace(exact, value=through(exact.value))
        every = search.all_elements(whole, candidate, exact)
        common = fitting.best_fit(every, whole.roundoff)
        if common is not None and is_fine(whole, common):
            fits = [common] * len(whole.k)
        else:
            own = [self._fit_of(candidate, exact, output) for output in range(len(whole.k))]
            fits = [fit for fit in own if fit is not None and is_fine(whole, fit)]
            if len(fits) < len(own):
                return None
        scales, biases = tuple(f.scale for f in fits), tuple(f.bias for f in fits)
        form = self._held(candidate, exact, every, (scales, biases))
        if form is None:
            return None
        one = replace(candidate, scale=1.0, bias=0.0)
        if len(set(scales)) == 1:
            one, form = replace(one, scale=scales[0]), replace(form, scales=())
        if len(set(biases)) == 1 and (not form.scales or not biases[0]):
            one, form = replace(one, bias=biases[0]), replace(form, biases=())
        worst = max(fits, key=lambda fit: (fit.roundoff, fit.ratio))
        return Explanation(one, worst, exact, form)

    def _fit_of(self, candidate: Hypothesis, exact: Exact, output: int) -> ValueFit | None:
        """Scale and bias of one output, from its elements between the bounds."""
        y = self.problem.undone(candidate.turn)[:, output].astype(np.float64)
        where = self.problem.explained(candidate.turn)[:, output]
        value, scale = exact.value[:, output], exact.scale[:, output]
        if where.sum() >= FEWEST:
            elements = Elements(
                (y - exact.low[:, output])[where], value[where], scale[where], exact.taps,
                self.problem.norms, self.problem.tiny, self.problem.slack,
            )  # fmt: skip
            return fitting.best_fit(elements, self.problem.roundoff)
        # All of it lies beyond one bound: any bias that is large enough gives that.
        if self.form.lower is not None and (y == self.form.lower).all():
            return ValueFit(self.problem.roundoff, 0.0, False, 1.0, self.form.lower - value.max())
        if self.form.upper is not None and (y == self.form.upper).all():
            return ValueFit(self.problem.roundoff, 0.0, False, 1.0, self.form.upper - value.min())
        return None

    def _held(
        self,
        candidate: Hypothesis,
        exact: Exact,
        every: Elements,
        numbers: tuple[tuple[float, ...], tuple[float, ...]],
    ) -> PostOps | None:
        """The form with its numbers, if it holds beyond the bounds, too."""
        scales, biases = (np.array(each)[:, None, None] for each in numbers)
        made = scales * exact.value + biases
        bound = every.bound(self.problem.roundoff, by_norm=True)
        tolerance = float(bound.max(initial=0.0) * np.abs(scales).max())
        y = self.problem.undone(candidate.turn).astype(np.float64)
        form = replace(self.form, scales=numbers[0], biases=numbers[1])
        for bound_value, sign in ((form.lower, 1.0), (form.upper, -1.0)):
            if bound_value is not None:
                beyond = sign * made[y == bound_value] - sign * bound_value
                if (beyond > tolerance).any():
                    return None
        if form.slope is None or form.slope == -1:
            return form
        rest = ~self.problem.explained(candidate.turn)
        return _leaky(form, made[rest], y[rest], tolerance)


def _leaky(form: PostOps, made: Floats, y: Floats, tolerance: float) -> PostOps | None:
    """The form with the slope of its negative numbers."""
    if len(y) < FEWEST or (made > tolerance).any():
        return None
    slope = float(f"{made @ y / (made @ made):.4g}")
    if not 0 < slope < 1 or (np.abs(y - slope * made) > tolerance).any():
        return None
    return replace(form, slope=slope)


def _absolute(problem: Problem) -> list[Explanation]:
    """An absolute value, of a convolution whose padding has a name."""
    if problem.result.size < LEAST or not (problem.result >= 0).all():
        return []
    activation = _Activation(problem, PostOps(slope=-1.0))
    plane = activation.clearest_plane()
    if plane is None:
        return []
    for options in steps(search.shapes(plane)):
        for candidate in search.canonical(plane, options):
            for found in search.bounded(candidate):
                sampled = search.sample_elements(plane, found)
                fit = fitting.best_fit(
                    replace(sampled, value=np.abs(sampled.value)), plane.roundoff
                )
                if fit is not None and is_fine(plane, fit):
                    whole = activation.everywhere(found, np.abs)
                    if whole is not None and not (whole.hypothesis.bias or whole.post.biases):
                        return [whole]
    return []
