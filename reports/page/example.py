"""The original question as a worked example: which call gives which numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from conv2d_conformance.reports.tables.conventions import conventions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conv2d_conformance.reports.document.model import Document

Rows = list[list[float]]


class Answer(TypedDict):
    """One answer: ``values`` is the result of reading the kernel by ``orientation``."""

    words: str
    orientation: str
    values: Rows


class Example(TypedDict):
    """An image, a kernel, and the answers; the first answer is the requested one."""

    image: Rows
    kernel: Rows
    answers: list[Answer]


@dataclass(frozen=True)
class WorkedAnswer:
    """One answer with its mean, how far off it is, and the calls that were measured to give it."""

    words: str
    orientation: str
    values: Rows
    mean: float
    off: float
    difference: Rows
    calls: tuple[str, ...]


def work_answers(example: Example, document: Document) -> list[WorkedAnswer]:
    """Return the answers, each compared with the first."""
    found = conventions(document)
    wanted = example["answers"][0]["values"]
    apart = [_less(one["values"], wanted) for one in example["answers"]]
    return [
        WorkedAnswer(
            one["words"],
            one["orientation"],
            one["values"],
            _mean(one["values"]),
            max(abs(value) for row in difference for value in row),
            difference,
            tuple(c.label for c in found if c.orientation == one["orientation"]),
        )
        for one, difference in zip(example["answers"], apart, strict=True)
    ]


def _less(one: Sequence[Sequence[float]], other: Sequence[Sequence[float]]) -> Rows:
    pairs = zip(one, other, strict=True)
    return [[a - b for a, b in zip(row, against, strict=True)] for row, against in pairs]


def _mean(values: Rows) -> float:
    flat = [value for row in values for value in row]
    return sum(flat) / len(flat)
