"""Two results documents to compare: small ones built here, and margins of released frameworks."""

from __future__ import annotations

import csv
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conv2d_conformance.reports.gate import compare
from tests.helpers.documents import END, backend, document, fact, run, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conv2d_conformance.reports.document.model import Document, Record, VerdictRecord
    from conv2d_conformance.reports.gate import Change, Comparison
    from conv2d_conformance.reports.gate.acknowledge import Acknowledgement

NAME = "scipy.signal.convolve2d"
TODAY = date(2026, 1, 15)


def run_document(*records: Record, **changes: Any) -> Document:
    """A document of one whole run of one backend that conforms, and ``records`` more."""
    return document(run(backend(NAME), verdict(0), *records, END, **changes))


def gate(
    before: Document, after: Document, entries: Sequence[Acknowledgement] = (), **options: Any
) -> Comparison:
    return compare(before, after, entries, today=TODAY, **options)


def compare_records(
    before: Iterable[Record], after: Iterable[Record], **options: Any
) -> Comparison:
    """What the gate says of two whole runs with these records."""
    return gate(run_document(*before), run_document(*after), **options)


def changes(made: Comparison) -> list[tuple[str, str]]:
    """Kind and subject of every finding and note."""
    return [(change.kind, subject(change)) for change in (*made.findings, *made.notes)]


def subject(change: Change) -> str:
    return change.fact or change.case or change.backend


def facts(**values: Any) -> list[Record]:
    return [fact(name, value, NAME) for name, value in values.items()]


def margins() -> dict[str, dict[tuple[str, str], float]]:
    """Real margins by backend, and then by check and case: of calls that sum directly."""
    with (Path(__file__).with_name("margins.csv")).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name not in ("check", "case")]
    return {
        name: {(row["check"], row["case"]): float(row[name]) for row in rows if row[name]}
        for name in names
    }


def margin_verdicts(values: dict[tuple[str, str], float]) -> list[VerdictRecord]:
    """Passed verdicts with these margins."""
    return [
        verdict(0, of=NAME, id=f"{check}/{case}", check=check, case=case, margin=margin)
        for (check, case), margin in values.items()
    ]


def copied(value: Document) -> Document:
    return deepcopy(value)
