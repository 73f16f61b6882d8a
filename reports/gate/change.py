"""One difference between two documents: a finding, or a note."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from conv2d_conformance.reports.tables.severity import LOWER, MANNERS, REFUSES, severity_of_fact

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.severity import Severity

FindingKind = Literal[
    "fact changed",
    "verdict regressed",
    "failing differently",
    "precision class lowered",
    "numerics moved while passing",
    "newly unsupported",
    "vanished",
    "expectation stale",
    "slower",
    "dead acknowledgement",
    "expired acknowledgement",
]
NoteKind = Literal[
    "case redefined",
    "fixed",
    "no longer refused",
    "more precise",
    "new",
    "faster",
    "perhaps slower",
    "no longer asked",
    "numerics reordered",
    "numerics on another processor",
    "numerics under another bound",
    "worded differently",
    "measured otherwise",
    "set up differently",
    "timings not compared",
    "environment not compared",
]
Kind = FindingKind | NoteKind

FINDINGS: tuple[FindingKind, ...] = get_args(FindingKind)
NOTES: tuple[NoteKind, ...] = get_args(NoteKind)

# Of the other kinds, the fact says it, or the verdict, which its change has been given already.
SEVERITY_BY_KIND: dict[Kind, Severity] = {
    "precision class lowered": LOWER,
    "numerics moved while passing": LOWER,
    "newly unsupported": REFUSES,
    # Nothing is known of what it was asked.
    "vanished": REFUSES,
    # What concerns no number.
    "expectation stale": MANNERS,
    "slower": MANNERS,
    "dead acknowledgement": MANNERS,
    "expired acknowledgement": MANNERS,
}


@dataclass(frozen=True)
class Change:
    """A difference: before, after, and what it means for the users of the backend.

    ``check``, ``clause`` and ``case`` name a verdict. ``fact`` is the path of a fact. ``case``
    alone names a timing, and ``times`` is how many times as long a call takes, if calls were made
    in turn. All are empty if the change is about an entire backend. ``severity`` is that of a
    finding; a note has none.
    """

    kind: Kind
    environment: str
    backend: str
    before: str
    after: str
    meaning: str
    check: str = ""
    clause: str = ""
    case: str = ""
    fact: str = ""
    times: float | None = None
    severity: Severity | None = None

    @property
    def is_finding(self) -> bool:
        """Whether the gate fails because of it."""
        return self.kind in FINDINGS


def with_severity(change: Change) -> Change:
    """Return a finding with its severity; a note is returned as it is."""
    if not change.is_finding or change.severity:
        return change
    of_fact = severity_of_fact(change.fact, change.before, change.after)
    return replace(change, severity=SEVERITY_BY_KIND.get(change.kind, of_fact))
