"""One difference between two documents: a finding, or a note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

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


@dataclass(frozen=True)
class Change:
    """A difference: before, after, and what it means for the users of the backend.

    ``check``, ``clause`` and ``case`` name a verdict. ``fact`` is the path of a fact. ``case``
    alone names a timing, and ``times`` is how many times as long a call takes, if calls were made
    in turn. All are empty if the change is about an entire backend.
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

    @property
    def is_finding(self) -> bool:
        """Whether the gate fails because of it."""
        return self.kind in FINDINGS
