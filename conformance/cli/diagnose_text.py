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
    for told in judged:
        yield f"\n{told.name}, {_shape(told.given)}"
        yield from (f"  {line}" for line in _of_one(told) if line not in said)
        said.update(f"warning: {line}" for line in warnings(told))
    if both:
        yield f"\n{judged[0].name} and {judged[1].name}"
        yield from (f"  {line}" for line in both.words)


def _of_one(told: Diagnosis) -> Iterator[str]:
    if told.best is None:
        yield from _unexplained(told)
    else:
        for number, found in enumerate(told.found, 1):
            yield f"{number}. {_sentence(told, found)}"
            yield f"   = {told.line(found.hypothesis)}"
        if not told.plain and (target := told.target()) is not None:
            wanted = told.line(target)
            if wanted != told.line(told.best.hypothesis):
                yield f"for the plain {told.expected} instead, use {wanted}"
    yield from (f"warning: {line}" for line in warnings(told))


def _unexplained(told: Diagnosis) -> Iterator[str]:
    yield "none of these: no orientation, padding, boundary, stride, scale or layout explains all"
    if told.near is not None:
        yield f"nearest: {told.line(told.near)}"
    yield locate_differences.describe_location(told.where)
    if told.near is not None and told.where["part"].startswith("the border"):
        yield f"inside the border it is the nearest{ZERO_BORDER_NOTE * told.where['zeros']}"


def _sentence(told: Diagnosis, found: Explanation) -> str:
    words = told.deviations(found)
    what = "; ".join(words) if words else f"the plain {told.expected}, nothing to mend"
    padding = found.hypothesis.padding_name
    return f"{what} ({f'{padding}, ' if padding else ''}{_error(told, found)})"


def _error(told: Diagnosis, found: Explanation) -> str:
    if told.problem.slack:
        return f"to the decimals of the result, ± {told.problem.slack:.2g}"
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
        "results": [_result(told) for told in judged],
        "comparison": {"agree": both.agree, "words": both.words} if both else None,
    }


def _result(told: Diagnosis) -> dict[str, Any]:
    return {
        "name": told.name,
        "plain": told.plain,
        "hypotheses": [_hypothesis(told, found) for found in told.found],
        "differs": told.where or None,
        "nearest": told.near.facts() if told.near else None,
        "warnings": list(warnings(told)),
    }


def _hypothesis(told: Diagnosis, found: Explanation) -> dict[str, Any]:
    return {
        "deviations": told.deviations(found),
        **found.hypothesis.facts(),
        "unit_roundoff": found.fit.roundoff,
        "error_of_bound": found.fit.ratio,
        "normwise": found.fit.by_norm,
        "weight": weight(found.hypothesis, told.expected),
        "line": told.line(found.hypothesis),
    }
