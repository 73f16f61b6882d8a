"""Indexes the records of a document by backend, and checks that the document can be used."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conv2d_conformance.reports.tables.summary import RAN, doubt, held_part

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import (
        BackendRecord,
        Document,
        FactRecord,
        LeftOutRecord,
        RatioRecord,
        Run,
        TimingRecord,
        VerdictRecord,
    )

RunAndBackend = tuple[str, str]


@dataclass
class Side:
    """One backend in one run: its records, by the keys that join them."""

    run: Run
    record: BackendRecord | None = None
    facts: dict[str, FactRecord] = field(default_factory=dict)
    verdicts: dict[RunAndBackend, VerdictRecord] = field(default_factory=dict)
    timings: dict[str, TimingRecord] = field(default_factory=dict)
    left_out: dict[str, LeftOutRecord] = field(default_factory=dict)
    ratios: dict[str, RatioRecord] = field(default_factory=dict)

    @property
    def ran(self) -> bool:
        """Whether there is any verdict."""
        return any(verdict["outcome"] in RAN for verdict in self.verdicts.values())

    @property
    def reason(self) -> str:
        """Why the backend was not judged; empty if nothing says so."""
        return (self.record["reason"] if self.record else None) or ""

    @property
    def versions(self) -> dict[str, str]:
        """The installed versions, by distribution; the backend's own distributions first."""
        own = self.record["versions"] if self.record else {}
        found = self.run["fingerprint"]
        return {**own, **(found["packages"] if found else {}), **own}

    def add(self, record: Any) -> None:
        """Add one record of this backend."""
        match record["kind"]:
            case "backend":
                self.record = record
            case "fact":
                self.facts[record["fact"]] = record
            case "verdict":
                self.verdicts[record["check"], record["case"]] = record
            case "timing":
                self.timings[record["case"]] = record
            case "left out":
                self.left_out[record["case"]] = record
            case "ratio":
                self.ratios[record["case"]] = record


@dataclass(frozen=True)
class Pair:
    """One backend before and after; ``environment`` is the candidate's."""

    environment: str
    backend: str
    before: Side
    after: Side


def sides(run: Run) -> dict[str, Side]:
    """Return the records of a run by backend."""
    found: dict[str, Side] = {}
    for record in run["records"]:
        if record["kind"] != "end":
            found.setdefault(record["backend"], Side(run)).add(record)
    return found


def partial(before: Run, after: Run) -> str:
    """Return how much two runs hold if an option has reduced either; empty if it has not."""
    parts = {"baseline": held_part(before), "candidate": held_part(after)}
    reduced = {side: part for side, part in parts.items() if part[0] < part[1]}
    if len(reduced) == 2 and len(set(reduced.values())) == 1:
        held, planned = parts["baseline"]
        return f"the baseline and the candidate hold {held} of {planned} checks each"
    return ", ".join(
        f"the {side} holds {held} of {planned} checks" for side, (held, planned) in reduced.items()
    )


def unusable(document: Document, what: str) -> list[str]:
    """Return sentences that say why a document cannot be compared."""
    if not document["runs"]:
        return [f"the {what} holds no run; write it with `pytest conformance --results FILE`"]
    reasons = [_unusable(run, what) for run in document["runs"]]
    twice = Counter(run["environment"] for run in document["runs"])
    reasons += [
        f"the {what} holds {number} runs of {name}; merge it with `conformance merge`"
        for name, number in twice.items()
        if number > 1
    ]
    return [reason for reason in reasons if reason]


def _unusable(run: Run, what: str) -> str:
    where = f"{what}, environment {run['environment']}"
    if run["not_run"] is not None:
        return f"{where}: not run: {run['not_run']}"
    if why := doubt(run):
        return f"{where}: {why}; run it again, to its end"
    found = sides(run).values()
    if not any(side.ran for side in found):
        why = next((f" ({side.reason})" for side in found if side.reason), "")
        return f"{where}: nothing ran{why}; run it on a backend that is installed"
    return ""
