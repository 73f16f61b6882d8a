"""Diagnoses one result: the hypotheses that hold, or where it differs, and warnings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.diagnosis import (
    describe,
    layer_code,
    locate_differences,
    precision_loss,
    scipy_code,
)
from conv2d_conformance.diagnosis.axis_layouts import kernel_changes, problems
from conv2d_conformance.diagnosis.hypothesis import PostOps
from conv2d_conformance.diagnosis.nearest import nearest
from conv2d_conformance.diagnosis.post_ops import fit as post_ops
from conv2d_conformance.diagnosis.search import (
    Explanation,
    all_elements,
    find_hypotheses,
    find_named,
    shapes_are_possible,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.correlation import Array, Exact, Orientation
    from conv2d_conformance.diagnosis.hypothesis import Hypothesis
    from conv2d_conformance.diagnosis.problem import Problem

# Image, kernel and result have two axes each.
PLANES = layer_code.ArrayCode("image[None, None]", "kernel[None, None]", "[0, 0]")


class IncompatibleShapesError(ValueError):
    """No padding, stride, dilation or layout relates the shapes; the message says which."""


@dataclass
class Diagnosis:
    """The diagnosis of one result.

    Parameters
    ----------
    name : str
    problem : Problem
        The operands and the result, by the interpretation of their axes.
    found : list of Explanation
        The hypotheses that hold, ranked; may be empty.
    expected : Orientation
    given : ndarray
        The result, unchanged.
    where : dict
        Where it differs from the nearest hypothesis, if nothing holds; see
        `locate_differences.summarise_differences`.
    near : Hypothesis or None
        That hypothesis.
    """

    name: str
    problem: Problem
    found: list[Explanation]
    expected: Orientation
    given: Array
    where: dict[str, Any] = field(default_factory=dict)
    near: Hypothesis | None = None

    @property
    def best(self) -> Explanation | None:
        """The hypothesis that is reported first."""
        return self.found[0] if self.found else None

    def deviations(self, found: Explanation) -> list[str]:
        """Words for every deviation from the plain call, including the precision."""
        words = [words for words, _ in describe.list_deviations(found.hypothesis, self.expected)]
        words += found.post.words()
        return [*words, found.precision] if found.precision else words

    @property
    def plain(self) -> bool:
        """Whether there is nothing to fix."""
        return self.best is not None and not self.deviations(self.best)

    def line(self, found: Hypothesis, post: PostOps | None = None) -> str:
        """Return the code that repeats a hypothesis, and what follows the convolution."""
        problem, post = self.problem, post or PostOps()
        if problem.code == PLANES:
            return post.code(scipy_code.scaled(scipy_code.numpy_expression(found), found))
        options = replace(found.options, groups=problem.groups)
        layer = replace(found, options=options)
        called = layer_code.expression(layer, problem.code, *problem.k.shape[:2])
        line = post.code(scipy_code.scaled(called, found))
        placed = problem.code.result
        return f"({line}){placed}" if placed and line != called else line + placed

    def target(self) -> Hypothesis | None:
        """Return the probable target: the plain call of this geometry; None for another size."""
        if self.best is None or self.best.hypothesis.turn != "correlation":
            return None
        return self.turned(self.expected)

    def turned(self, orientation: Orientation) -> Hypothesis | None:
        """The best hypothesis with zeros outside and another orientation."""
        if self.best is None:
            return None
        known = self.best.hypothesis
        start = self.problem.hypothesis(orientation)
        if known.turn != "correlation" or start.shapes != known.shapes:
            return None
        made = replace(start, options=known.options, before=known.before, boundary="zeros")
        usual = (describe.default_anchor(orientation),)
        for rows, columns in ((0, 0), (0, 1), (1, 0), (1, 1), (0, -1), (-1, 0), (-1, -1)):
            moved = replace(made, before=(made.before[0] + rows, made.before[1] + columns))
            if (word := moved.padding(usual)) and "stride" not in word:
                return moved
        return made


def diagnose_result(
    name: str, img: Array, k: Array, result: Array, expected: Orientation
) -> Diagnosis:
    """Relate a result to an image and a kernel.

    Parameters
    ----------
    name : str
    img, k, result : ndarray
        2-D to 4-D, of real numbers.
    expected : Orientation
        ``correlation`` or ``convolution``: what counts as plain.

    Raises
    ------
    IncompatibleShapesError
        If no reading of the shapes is possible.
    """
    readings = [problem for problem in problems(img, k, result) if shapes_are_possible(problem)]
    if not readings:
        shapes = (" × ".join(map(str, a.shape)) for a in (result, img, k))
        msg = "{}: no padding, stride or layout makes {} of an image {} and a kernel {}"
        raise IncompatibleShapesError(msg.format(name, *shapes))
    if named := find_named([*readings, *kernel_changes(readings[0])], expected):
        return Diagnosis(name, *named, expected, result)
    for number, problem in enumerate(readings):
        if found := post_ops.explain(problem, expected, thorough=number == 0):
            return Diagnosis(name, problem, found, expected, result)
    for problem in readings:
        held = find_hypotheses(problem, expected)
        judged = (precision_loss.with_precision(problem, each) for each in held)
        if found := [each for each in judged if each is not None]:
            return Diagnosis(name, problem, found, expected, result)
    return _unexplained(name, readings[0], expected, result)


def _unexplained(name: str, problem: Problem, expected: Orientation, given: Array) -> Diagnosis:
    near = nearest(problem, expected)
    exact = problem.exact(near)
    shape = exact.value.shape
    bound = all_elements(problem, near, exact).bound(problem.roundoff, by_norm=True).reshape(shape)
    where = locate_differences.summarise_differences(exact.value, problem.undone(near.turn), bound)
    return Diagnosis(name, problem, [], expected, given, where, near)


def warnings(diagnosis: Diagnosis) -> Iterator[str]:
    """Yield what the data cannot distinguish, and what a summary would hide, a line each."""
    result = diagnosis.problem.result
    if result.size > 1 and np.ptp(np.nan_to_num(result.astype(np.float64))) == 0:
        yield f"every element of {diagnosis.name} is {result.flat[0]:g}; use operands that vary"
    if diagnosis.best is None:
        return
    alike = diagnosis.problem.orientations[diagnosis.best.hypothesis.orientation]
    if alike:
        yield (
            f"the kernel is symmetric: read as {diagnosis.best.hypothesis.orientation} it equals "
            f"{', '.join(alike)}; this data cannot tell them apart, a kernel such as "
            "[[1, 2], [3, 4]] can"
        )
    if len(diagnosis.found) > 1:
        yield f"{len(diagnosis.found)} hypotheses fit equally; this data cannot tell them apart"
    yield from dict.fromkeys(_decoys(diagnosis))


def _decoys(diagnosis: Diagnosis) -> Iterator[str]:
    """Find orientations with the same summaries as the target or the result, but other elements."""
    came = diagnosis.found[0].hypothesis.orientation
    for wanted in (diagnosis.target(), diagnosis.turned(came)):
        if wanted is None:
            continue
        exact = diagnosis.problem.exact(wanted)
        for other in diagnosis.problem.orientations:
            made = diagnosis.turned(other)
            if other != wanted.orientation and made is not None:
                yield from _same_summary(wanted, exact, made, diagnosis.problem.exact(made))


def _same_summary(
    wanted: Hypothesis, exact: Exact, other: Hypothesis, made: Exact
) -> Iterator[str]:
    agreeing = locate_differences.agreeing_statistics(exact.value, made.value)
    apart = float(np.max(np.abs(exact.value - made.value), initial=0.0))
    if agreeing and apart > 1e-3 * float(np.max(np.abs(exact.value), initial=0.0)):
        one, two = (scipy_code.kernel(each.orientation) for each in (other, wanted))
        yield (
            f"not `{one}` for `{two}`: {', '.join(agreeing)} agrees to the digits printed, "
            f"but elements differ by up to {apart:.2g}"
        )
