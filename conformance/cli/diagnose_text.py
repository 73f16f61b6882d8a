"""Renders a diagnosis, as text for a reader and as JSON for a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conv2d_conformance.diagnosis import locate_differences
from conv2d_conformance.diagnosis.describe import weight
from conv2d_conformance.diagnosis.diagnose import warnings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.diagnosis.compare import ResultComparison
    from conv2d_conformance.diagnosis.diagnose import Diagnosis
    from conv2d_conformance.diagnosis.search import Explanation


# Of a border of zeros.
ZERO_BORDER_NOTE = (
    "; the border is zero, as where a `valid` result is laid in zeros, or is shifted before them"
)


def render_text(
    img: Array, k: Array, judged: list[Diagnosis], both: ResultComparison | None
) -> Iterator[str]:
    """Return the diagnosis as text, with a heading for each result."""
    yield f"image {_shape(img)}, kernel {_shape(k)}"
    said: set[str] = set()
    for diagnosis in judged:
        yield f"\n{diagnosis.name}, {_shape(diagnosis.given)}"
        yield from (f"  {line}" for line in _of_one(diagnosis) if line not in said)
        said.update(f"warning: {line}" for line in warnings(diagnosis))
    if both:
        yield f"\n{judged[0].name} and {judged[1].name}"
        yield from (f"  {line}" for line in both.words)


def _of_one(diagnosis: Diagnosis) -> Iterator[str]:
    if diagnosis.best is None:
        yield from _unexplained(diagnosis)
    else:
        for number, found in enumerate(diagnosis.found, 1):
            yield f"{number}. {_sentence(diagnosis, found)}"
            yield f"   = {diagnosis.line(found.hypothesis, found.post)}"
        if not diagnosis.plain and (target := diagnosis.target()) is not None:
            wanted = diagnosis.line(target)
            if wanted != diagnosis.line(diagnosis.best.hypothesis):
                yield f"for the plain {diagnosis.expected} instead, use {wanted}"
    yield from (f"warning: {line}" for line in warnings(diagnosis))


def _unexplained(diagnosis: Diagnosis) -> Iterator[str]:
    yield "none of these: no orientation, padding, boundary, stride, scale or layout explains all"
    if diagnosis.near is not None:
        yield f"nearest: {diagnosis.line(diagnosis.near)}"
    yield locate_differences.describe_location(diagnosis.where)
    if diagnosis.near is not None and diagnosis.where["part"].startswith("the border"):
        yield f"inside the border it is the nearest{ZERO_BORDER_NOTE * diagnosis.where['zeros']}"


def _sentence(diagnosis: Diagnosis, found: Explanation) -> str:
    words = diagnosis.deviations(found)
    what = "; ".join(words) if words else f"the plain {diagnosis.expected}, nothing to mend"
    padding = found.hypothesis.padding_name
    return f"{what} ({f'{padding}, ' if padding else ''}{_error(diagnosis, found)})"


def _error(diagnosis: Diagnosis, found: Explanation) -> str:
    if diagnosis.problem.slack:
        return f"to the decimals of the result, ± {diagnosis.problem.slack:.2g}"
    by = " of an FFT" if found.fit.by_norm else ""
    return f"error {found.fit.ratio:.2g} of the bound{by} for u = {found.fit.roundoff:.2g}"


def _shape(a: Array) -> str:
    return f"{' × '.join(map(str, a.shape))} {a.dtype}"


def render_json(
    img: Array, k: Array, judged: list[Diagnosis], both: ResultComparison | None
) -> dict[str, Any]:
    """Return the diagnosis as JSON, for ``--json``."""
    return {
        "image": {"shape": img.shape, "dtype": img.dtype.name},
        "kernel": {"shape": k.shape, "dtype": k.dtype.name},
        "results": [_result(diagnosis) for diagnosis in judged],
        "comparison": {"agree": both.agree, "words": both.words} if both else None,
    }


def _result(diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "name": diagnosis.name,
        "plain": diagnosis.plain,
        "hypotheses": [_hypothesis(diagnosis, found) for found in diagnosis.found],
        "differs": diagnosis.where or None,
        "nearest": diagnosis.near.facts() if diagnosis.near else None,
        "warnings": list(warnings(diagnosis)),
    }


def _hypothesis(diagnosis: Diagnosis, found: Explanation) -> dict[str, Any]:
    return {
        "deviations": diagnosis.deviations(found),
        **found.hypothesis.facts(),
        "unit_roundoff": found.fit.roundoff,
        "error_of_bound": found.fit.ratio,
        "normwise": found.fit.by_norm,
        "weight": weight(found.hypothesis, diagnosis.expected),
        "post_ops": found.post.facts(),
        "line": diagnosis.line(found.hypothesis, found.post),
    }
