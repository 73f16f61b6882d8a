"""Makes the baseline of a document, to commit: without noise, in a stable order."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from conv2d_conformance.reports.document.line_format import implied_id, two_digits
from conv2d_conformance.reports.tables.summary import FAILING
from conv2d_conformance.reports.tables.symptoms import diagnosis, exception, refusal, steady

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.reports.document.model import (
        BackendRecord,
        Document,
        FactRecord,
        Number,
        Record,
        Run,
        VerdictRecord,
    )

EXPECTED = ("expected failure", "unexpected pass")
# Every document has an end; the time at which a baseline ended does not matter.
EPOCH = "1970-01-01T00:00:00Z"


def to_baseline(document: Document) -> Document:
    """Return what the gate needs of ``document``, the same for every run of the same calls.

    Left out are times of day and durations, paths, commands, the wording of failures except what
    distinguishes one from another, timings, the cost of the run, and the texts of clauses. Passed
    verdicts of the section *timing* are left out too: which sizes fit their budget differs from
    run to run. Margins keep two digits.
    """
    runs = sorted(document["runs"], key=lambda run: run["environment"])
    return {"schema_version": document["schema_version"], "runs": [_run(run) for run in runs]}


def _run(run: Run) -> Run:
    return {
        "environment": run["environment"],
        "started": None,
        "command": "",
        "not_run": steady(run["not_run"]) if run["not_run"] is not None else None,
        "fingerprint": run["fingerprint"],
        "clauses": [],
        "records": list(_records(run)),
    }


def _records(run: Run) -> Iterator[Record]:
    timed = {clause["id"] for clause in run["clauses"] if clause["section"] == "timing"}
    kept: list[Record] = []
    for record in run["records"]:
        match record["kind"]:
            case "backend":
                kept.append(_backend(record))
            case "fact" if record["fact"] != "cost":
                kept.append(_fact(record))
            case "verdict" if record["clause"] not in timed or record["outcome"] in FAILING:
                kept.append(_verdict(record))
    yield from sorted(kept, key=_order)
    for record in run["records"]:
        if record["kind"] == "end":
            yield {**record, "finished": EPOCH}


def _order(record: Any) -> tuple[str, ...]:
    kinds = ("backend", "fact", "verdict")
    names = (str(record.get(key, "")) for key in ("fact", "clause", "check", "case", "definition"))
    return record["backend"], str(kinds.index(record["kind"])), *names


def _backend(record: BackendRecord) -> BackendRecord:
    reason = record["reason"]
    return {**record, "reason": steady(reason) if reason is not None else None}


def _fact(record: FactRecord) -> FactRecord:
    return {**record, "value": _plain(record["value"]), "detail": None}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return steady(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _verdict(verdict: VerdictRecord) -> VerdictRecord:
    made: VerdictRecord = {
        "kind": "verdict",
        "id": implied_id(verdict),
        "backend": verdict["backend"],
        "clause": verdict["clause"],
        "check": verdict["check"],
        "case": verdict["case"],
        "definition": verdict["definition"],
        "outcome": verdict["outcome"],
        "symptom": verdict["symptom"],
        "message": _message(verdict),
        "reason": _reason(verdict),
        "link": verdict["link"],
        "margin": _margin(verdict["margin"]),
        "where": None,
        "seconds": 0,
        "repeat": None,
    }
    return {**made, "severity": declared} if (declared := verdict.get("severity")) else made


def _message(verdict: VerdictRecord) -> str | None:
    message = verdict["message"]
    if not message:
        return None
    if verdict["outcome"] == "error":
        return exception(message) or diagnosis(message)
    return diagnosis(message)


def _reason(verdict: VerdictRecord) -> str | None:
    reason = verdict["reason"]
    # That of an expected failure is a constant, which may name a version.
    return refusal(reason) if reason and verdict["outcome"] not in EXPECTED else reason


def _margin(margin: Number | None) -> Number | None:
    if margin is None or not math.isfinite(float(margin)):
        return margin
    return two_digits(float(margin))
