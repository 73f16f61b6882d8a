"""The changes since a baseline, as the page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conv2d_conformance.reports.export.gate_text import only_a_part, place, verdict
from conv2d_conformance.reports.gate.grouping import group_changes
from conv2d_conformance.reports.tables.conventions import clip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.reports.gate.change import Change
    from conv2d_conformance.reports.gate.compare import Comparison

LONGEST = 300
MAX_GROUPS = 400


@dataclass(frozen=True)
class ChangeRow:
    """The same change in one backend, once."""

    change: str
    severity: str
    place_on_page: str
    place: str
    subject: str
    before: str
    after: str
    meaning: str


@dataclass(frozen=True)
class Changes:
    """The gate's comparison in words; ``left`` groups did not fit the page.

    ``partial`` says that documents hold a part of the checks; empty if all are whole.
    """

    sentence: str
    exit_code: int
    unjudged: tuple[str, ...]
    tables: dict[str, list[ChangeRow]]
    left: int
    partial: str
    upgraded: dict[str, tuple[str, str]]

    @property
    def causes(self) -> int:
        """How many findings there are, those of one cause once."""
        return len(self.tables.get("Findings", []))


def changes_of(made: Comparison) -> Changes:
    """Return what the page shows of a comparison."""
    parts = {
        "Findings": list(_rows(made, made.findings, "finding")),
        "Acknowledged": list(_rows(made, [c.change for c in made.acknowledged], "acknowledged")),
        "Notes": list(_rows(made, made.notes, "note")),
    }
    left = sum(max(0, len(rows) - MAX_GROUPS) for rows in parts.values())
    shown = {title: rows[:MAX_GROUPS] for title, rows in parts.items() if rows}
    return Changes(
        verdict(made),
        made.exit_code,
        tuple(made.unjudged),
        shown,
        left,
        only_a_part(made),
        made.upgraded,
    )


def _rows(made: Comparison, changes: list[Change], word: str) -> Iterator[ChangeRow]:
    for number, group in enumerate(group_changes(changes, made.compared), 1):
        one = group.first
        texts = (place(one), group.subject, group.before, group.after, group.meaning)
        of = one.kind, one.severity or "", f"{word}/{number}"
        yield ChangeRow(*of, *(clip(text, LONGEST) for text in texts))
