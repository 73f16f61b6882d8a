"""The gate's findings on a CI job's page: Markdown, and GitHub's workflow commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.reports.export.gate_text import kind_of, only_a_part, place, verdict
from conv2d_conformance.reports.export.markdown import (
    SUMMARY_BYTES,
    code,
    escaped,
    fit_bytes,
    row_of,
    table_of,
)
from conv2d_conformance.reports.gate.grouping import group_changes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.reports.gate.compare import Comparison
    from conv2d_conformance.reports.gate.grouping import Group

# GitHub shows ten annotations of each level per step.
SHOWN = 10
HEAD = ("Kind", "Backend", "What", "Before", "After", "What it means")
CUT = "\nThe rest did not fit; see the text or the JSON of the gate.\n"


def markdown(made: Comparison, limit: int = SUMMARY_BYTES) -> str:
    """Return a page of at most ``limit`` bytes: the verdict, then findings, then notes."""
    parts = [f"**{escaped(verdict(made))}**\n"]
    parts += [f"\n* could not judge: {escaped(reason)}\n" for reason in made.unjudged]
    accepted = [one.change for one in made.acknowledged]
    for title, changes in (
        ("Findings", made.findings),
        ("Acknowledged", accepted),
        ("Notes", made.notes),
    ):
        parts += _table(title, group_changes(changes, made.compared))
    return fit_bytes(parts, limit, CUT)


def _table(title: str, groups: list[Group]) -> Iterator[str]:
    if groups:
        yield f"\n### {title}\n\n{table_of(HEAD, [])}"
    for group in groups:
        yield row_of(_cells(group))


def _cells(group: Group) -> tuple[str, ...]:
    change = group.first
    texts = (group.subject, group.before, group.after, group.meaning)
    return escaped(kind_of(change)), code(place(change)), *map(escaped, texts)


def github(made: Comparison) -> str:
    """Return workflow commands: an error for each group of findings, a notice for each of notes.

    A comparison of a part of the checks is a warning.
    """
    errors = [("could not judge", reason) for reason in made.unjudged]
    errors += map(_annotation, group_changes(made.findings, made.compared))
    notices = [_annotation(group) for group in group_changes(made.notes, made.compared)]
    parts = [("only a part was compared", said)] if (said := only_a_part(made)) else []
    levels = {"error": errors, "warning": parts, "notice": notices}
    return "\n".join(line for level in levels for line in _commands(level, levels[level]))


def _annotation(group: Group) -> tuple[str, str]:
    change = group.first
    title = f"{kind_of(change)}: {place(change)}"
    return title, f"{group.subject}: {group.before} -> {group.after}. {group.meaning}"


def _commands(level: str, items: list[tuple[str, str]]) -> Iterator[str]:
    shown = items if len(items) <= SHOWN else items[: SHOWN - 1]
    for title, message in shown:
        yield f"::{level} title={_property(title)}::{_data(message)}"
    if len(items) > len(shown):
        yield f"::{level} title=gate::{len(items) - len(shown)} more; see the text that gate prints"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
