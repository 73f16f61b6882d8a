"""The reasons behind each cell of the matrix, identical ones grouped and counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from conv2d_conformance.reports.tables.conventions import clip
from conv2d_conformance.reports.tables.severity import severity_of_verdict
from conv2d_conformance.reports.tables.summary import (
    DEVIATING,
    FAILING,
    WORST_FIRST,
    Key,
    verdicts,
    worse_margin,
)

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Document, Outcome, VerdictRecord
    from conv2d_conformance.reports.document.severity import Severity

GROUPS_PER_CELL = 5
CASES_PER_GROUP = 4
TEXT_IN_ALL = 600_000
Signature = tuple[str, str, str | None, str | None, str | None]


@dataclass
class Group:
    """Verdicts of one cell with the same outcome, check, symptom, reason and link."""

    example: VerdictRecord
    count: int = 0
    margin: float | None = None
    cases: list[str] = field(default_factory=list)

    def add(self, verdict: VerdictRecord) -> None:
        """Count one verdict; the first few cases are named."""
        self.count += 1
        self.margin = worse_margin(self.margin, verdict["margin"])
        if len(self.cases) < CASES_PER_GROUP:
            self.cases.append(clip(verdict["case"], 120))


@dataclass(frozen=True)
class Reason:
    """A group, ready to be shown."""

    outcome: Outcome
    severity: Severity | None
    count: int
    check: str
    symptom: str
    reason: str
    message: str
    link: str
    repeat: str
    script: str
    margin: float | None
    cases: tuple[str, ...]
    more: int

    @property
    def failing(self) -> bool:
        """Whether these verdicts count against the backend."""
        return self.outcome in FAILING


@dataclass(frozen=True)
class Behind:
    """The reasons behind one cell, worst first, and how many checks are left to the document."""

    reasons: tuple[Reason, ...]
    left_to_document: int


def behind_cells(document: Document) -> dict[Key, dict[str, Behind]]:
    """Return, by (environment, backend) and clause, why checks did other than pass.

    Notes
    -----
    The size is bounded for every document: the groups share the text.
    """
    grouped = _grouped(document)
    shown = sum(min(len(g), GROUPS_PER_CELL) for row in grouped.values() for g in row.values())
    limit = max(120, min(3000, TEXT_IN_ALL // max(shown, 1)))
    return {
        key: {clause: _behind(groups, limit) for clause, groups in row.items()}
        for key, row in grouped.items()
    }


def _grouped(document: Document) -> dict[Key, dict[str, dict[Signature, Group]]]:
    found: dict[Key, dict[str, dict[Signature, Group]]] = {}
    for run in document["runs"]:
        for verdict in verdicts(run):
            if verdict["outcome"] != "passed":
                row = found.setdefault((run["environment"], verdict["backend"]), {})
                groups = row.setdefault(verdict["clause"], {})
                groups.setdefault(_signature(verdict), Group(verdict)).add(verdict)
    return found


def _signature(verdict: VerdictRecord) -> Signature:
    return (
        verdict["outcome"],
        verdict["check"],
        verdict["symptom"],
        verdict["reason"],
        verdict["link"],
    )


def _behind(groups: dict[Signature, Group], limit: int) -> Behind:
    ranked = sorted(groups.values(), key=_rank)
    kept, left = ranked[:GROUPS_PER_CELL], ranked[GROUPS_PER_CELL:]
    return Behind(tuple(_reason(group, limit) for group in kept), sum(g.count for g in left))


def _rank(group: Group) -> tuple[int, int]:
    return WORST_FIRST.index(group.example["outcome"]), -group.count


def _reason(group: Group, limit: int) -> Reason:
    example = group.example
    return Reason(
        outcome=example["outcome"],
        severity=severity_of_verdict(example) if example["outcome"] in DEVIATING else None,
        count=group.count,
        check=_fitted(example["check"], 100),
        symptom=_fitted(example["symptom"], 60),
        reason=_fitted(example["reason"], min(300, limit)),
        message=_fitted(example["message"], limit),
        link=web(example["link"]),
        repeat=_fitted(example["repeat"], min(400, limit)),
        script=_fitted(example.get("script"), min(260, limit)),
        margin=group.margin,
        cases=tuple(group.cases),
        more=group.count - len(group.cases),
    )


def _fitted(text: str | None, limit: int) -> str:
    """Return ``text`` cut so that it takes about ``limit`` characters of the page, escapes too."""
    if not text:
        return ""
    head = text[:limit]
    return clip(text, max(1, limit * len(head) // len(escape(head))))


def web(link: str | None) -> str:
    """Return ``link`` if it is one to click, else nothing."""
    # javascript: and its like are never turned into something to click.
    return link if link and link.startswith(("https://", "http://")) and len(link) < 300 else ""
