"""Compares two results: whether they agree, and what turns the first into the second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.diagnosis import describe, locate_differences, scipy_code
from conv2d_conformance.diagnosis.hypothesis import TURNED
from conv2d_conformance.diagnosis.problem import Problem
from conv2d_conformance.diagnosis.search import all_elements, find_hypotheses
from conv2d_conformance.diagnosis.stride_candidates import BEYOND

if TYPE_CHECKING:
    from conv2d_conformance.diagnosis.diagnose import Diagnosis


@dataclass(frozen=True)
class ResultComparison:
    """The relation of two results.

    Parameters
    ----------
    agree : bool
        Whether they are equal up to rounding: within twice the suite's bound.
    words : tuple of str
        A line each.
    """

    agree: bool
    words: tuple[str, ...]


def compare(one: Diagnosis, other: Diagnosis) -> ResultComparison:
    """Compare the results themselves, then their diagnoses."""
    words = []
    agree = False
    if one.problem.result.shape == other.problem.result.shape:
        bound = _bound(one, other)
        where = locate_differences.summarise_differences(
            one.problem.result.astype(np.float64), other.problem.result, bound
        )
        agree = where["count"] == 0
        apart = locate_differences.describe_location(where, (one.name, other.name))
        words.append("the two agree up to rounding" if agree else apart)
        if not agree and (
            same := locate_differences.agreeing_statistics(one.problem.result, other.problem.result)
        ):
            words.append(f"yet {', '.join(same)} agrees: a summary cannot tell them apart")
    else:
        shapes = (" × ".join(map(str, j.problem.result.shape)) for j in (one, other))
        words.append("their shapes differ: {} and {}".format(*shapes))
    if not agree:
        words += _relation(one, other)
    return ResultComparison(agree, tuple(words))


def _bound(one: Diagnosis, other: Diagnosis) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Twice the suite's bound, each element's on the result that was explained."""
    total = np.zeros(one.problem.result.shape)
    for judged in (one, other):
        found = judged.best.hypothesis if judged.best else judged.near
        problem = judged.problem
        if found is not None:
            exact = problem.exact(found)
            fine = all_elements(problem, found, exact).bound(problem.roundoff, by_norm=True)
            total += fine.max() if found.turn != "correlation" else fine.reshape(total.shape)
    return total


def _relation(one: Diagnosis, other: Diagnosis) -> list[str]:
    if one.best is None or other.best is None:
        return _direct(one, other)
    first, second = one.best.hypothesis, other.best.hypothesis
    words = []
    if first.orientation != second.orientation:
        kernels = (
            f"{TURNED[h.orientation]} in {j.name}" for h, j in ((first, one), (second, other))
        )
        words.append("the kernel is read otherwise: {}, {}".format(*kernels))
    rest = _rest(one, other)
    words += rest
    if words and not rest:
        # Only then: a rotated kernel of even extent keeps the call's own anchor.
        for got, call in ((other, one), (one, other)):
            reads, wanted = (j.found[0].hypothesis.orientation for j in (call, got))
            given = scipy_code.kernel_to_pass(reads, wanted)
            words.append(f"to get {got.name} from the call of {call.name}, give it `{given}`")
    words += [
        f"to repeat {j.name}: {j.line(j.found[0].hypothesis, j.found[0].post)}"
        for j in (one, other)
    ]
    return words


def _rest(one: Diagnosis, other: Diagnosis) -> list[str]:
    """Yield what differs in addition to the orientation."""
    sides = [j.found[0].hypothesis.facts() for j in (one, other)]
    words = {
        "pads": "padding",
        "boundary": "boundary",
        "stride": "stride",
        "dilation": "dilation",
        "result_turned": "result turned",
        "scale": "scale",
        "bias": "constant",
    }
    rest = [
        f"{word}: {sides[0][key]} in {one.name}, {sides[1][key]} in {other.name}"
        for key, word in words.items()
        if sides[0][key] != sides[1][key]
    ]
    after = [", ".join(j.found[0].post.words()) or "nothing" for j in (one, other)]
    if one.found[0].post != other.found[0].post:
        rest.append(f"after it: {after[0]} in {one.name}, {after[1]} in {other.name}")
    return rest


def _direct(one: Diagnosis, other: Diagnosis) -> list[str]:
    """The second as the first turned, shifted, cropped, scaled or moved by a constant."""
    first, second = one.problem.result, other.problem.result
    wider = any(
        n > m + 2 * BEYOND for n, m in zip(second.shape[-2:], first.shape[-2:], strict=True)
    )
    if wider or first.shape[:2] != second.shape[:2] or first.shape[0] * first.shape[1] != 1:
        return []
    unit = np.ones((1, 1, 1, 1), first.dtype)
    found = find_hypotheses(Problem(first, unit, second), "correlation")
    words = [words for words, _ in describe.list_deviations(found[0].hypothesis)] if found else []
    return [f"{other.name} is {one.name}, {', '.join(words)}"] if words else []
