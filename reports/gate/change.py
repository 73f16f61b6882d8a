"""One thing that differs between two documents: a finding, or a note."""

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
    "worded differently",
    "set up differently",
    "timings not compared",
    "environment not compared",
]
Kind = FindingKind | NoteKind

FINDINGS: tuple[FindingKind, ...] = get_args(FindingKind)
NOTES: tuple[NoteKind, ...] = get_args(NoteKind)


@dataclass(frozen=True)
class Change:
    """What differs, before and after, and what that means for whoever calls the backend.

    ``check``, ``clause`` and ``case`` name a verdict, ``fact`` the path of a fact, ``case`` alone a
    timing; all are empty where the change is of a whole backend.
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

    @property
    def is_finding(self) -> bool:
        """Whether the gate stops for it."""
        return self.kind in FINDINGS
