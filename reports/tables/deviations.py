"""What deviates, one entry for each cause: its severity, the calls that it is of, its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conv2d_conformance.reports.tables.conventions import clip, labels
from conv2d_conformance.reports.tables.links import cell_place
from conv2d_conformance.reports.tables.severity import DANGEROUS, rank, severity_of_verdict
from conv2d_conformance.reports.tables.summary import DEVIATING, verdicts

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Document, VerdictRecord
    from conv2d_conformance.reports.document.severity import Severity

DIAGNOSIS = "It equals"
LONGEST = 220


@dataclass
class Deviation:
    """Failures, or expected failures, of one cause.

    Parameters
    ----------
    severity, cause : str
    expected : bool
        Whether records expect them.
    place : str
        The anchor of the first one's cell on the page.
    backends : dict
        Their labels, in the order of the document.
    count : int
    """

    severity: Severity
    cause: str
    expected: bool
    place: str
    backends: dict[str, None] = field(default_factory=dict)
    count: int = 0

    @property
    def dangerous(self) -> bool:
        """Whether its severity is among the worst three."""
        return self.severity in DANGEROUS


def deviations(document: Document) -> list[Deviation]:
    """Return every cause that makes checks fail, expected or not, the worst first."""
    names = labels(document)
    found: dict[tuple[str, str, bool], Deviation] = {}
    for run in document["runs"]:
        for verdict in verdicts(run):
            if verdict["outcome"] in DEVIATING:
                label = names[run["environment"], verdict["backend"]]
                one = _deviation(verdict, label)
                held = found.setdefault((one.severity, one.cause, one.expected), one)
                held.backends[label] = None
                held.count += 1
    # What nobody expected goes before what is known.
    return sorted(found.values(), key=lambda d: (rank(d.severity), d.expected, -d.count))


def _deviation(verdict: VerdictRecord, label: str) -> Deviation:
    return Deviation(
        severity_of_verdict(verdict),
        clip(_cause(verdict), LONGEST),
        verdict["outcome"] == "expected failure",
        cell_place(label, verdict["clause"]),
    )


def _cause(verdict: VerdictRecord) -> str:
    """Return why a check failed: what expects it, else its diagnosis, else what it asks."""
    if verdict["outcome"] == "expected failure" and verdict["reason"]:
        return verdict["reason"]
    _, mark, diagnosis = (verdict["message"] or "").partition(DIAGNOSIS)
    if mark:
        return " ".join(f"{mark}{diagnosis}".split())
    asked = verdict["check"].removeprefix("test_").replace("_", " ")
    said = verdict["symptom"] or verdict["outcome"]
    return f"clause {verdict['clause']}, {asked}: {said}"
