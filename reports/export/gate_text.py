"""The gate's findings as text: by severity, kind and backend, the same change once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.reports.gate.acknowledgements import KINDS, entry_for
from conv2d_conformance.reports.gate.grouping import MAX_NAMED, by_check, group_changes
from conv2d_conformance.reports.tables.summary import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conv2d_conformance.reports.gate.change import Change
    from conv2d_conformance.reports.gate.compare import Comparison
    from conv2d_conformance.reports.gate.grouping import Group


def verdict(made: Comparison) -> str:
    """Return the gate's verdict in one sentence, which says if only a part was compared."""
    said = only_a_part(made)
    return f"{_verdict(made)}; {said}" if said else _verdict(made)


def only_a_part(made: Comparison) -> str:
    """Return that documents hold a part of the checks, and how much; empty if all are whole."""
    if not made.partial:
        return ""
    more = len(made.partial) - 1
    others = f" (and {count(more, 'other environment')} in part)" if more else ""
    which = f"only a part was compared: {made.partial[0]}{others}"
    return f"{which}; a part does not show that nothing else changed"


def _verdict(made: Comparison) -> str:
    unjudged = ""
    if made.unjudged:
        unjudged = f"could not judge: {made.unjudged[0]}"
        more = len(made.unjudged) - 1
        unjudged += f" (and {count(more, 'other reason')}, listed above)" if more else ""
    if made.exit_code == 2:
        return f"{unjudged}; {count(len(made.findings), 'finding')} so far"
    findings = count(len(made.findings), "finding") if made.findings else "no finding"
    if below := len(made.findings) - len(made.failing):
        findings += f" ({below} less severe than “{made.fail_on}”, listed only)"
    accepted = f"{len(made.acknowledged)} acknowledged, " if made.acknowledged else ""
    compared = f"{count(made.joined, 'verdict')} compared"
    found = f"{findings}; {accepted}{count(len(made.notes), 'note')}, {compared}"
    return f"{found}; {unjudged}" if unjudged else found


def text(made: Comparison) -> str:
    """Return everything as text; the verdict comes last, where a terminal stops."""
    groups = [group_changes(some, made.compared) for some in (made.findings, made.notes)]
    lines = [*_section(groups[0]), *_accepted(made), *_section(groups[1], "note: ")]
    if entries := list(entries_of(made)):
        lines += [
            "To accept a finding, say why and put its entry into acknowledgements.toml:",
            "",
        ]
        lines += entries
    lines += [f"could not judge: {reason}" for reason in made.unjudged[1:]]
    if any(len(group.changes) > MAX_NAMED for some in groups for group in some):
        lines += ["Every case is named by --json.", ""]
    return "\n".join([*lines, verdict(made)])


def entries_of(made: Comparison) -> Iterator[str]:
    """Yield the entry that would accept the findings of one cause in one check, where one can."""
    parts = (part for group in group_changes(made.findings) for part in by_check(group))
    for group in parts:
        versions = made.versions.get((group.first.environment, group.first.backend))
        if versions is not None and group.first.kind in KINDS:
            yield entry_for(group, versions, made.today)


def _section(groups: Iterable[Group], prefix: str = "") -> Iterator[str]:
    kind = backend = ""
    for group in groups:
        change = group.first
        if kind_of(change) != kind:
            kind, backend = kind_of(change), ""
            yield f"{prefix}{kind}"
        if place(change) != backend:
            backend = place(change)
            yield f"  {backend}"
        yield from _group(group)


def kind_of(change: Change) -> str:
    """Return the kind of a change, and before it the severity of a finding."""
    return f"{change.severity}: {change.kind}" if change.severity else change.kind


def place(change: Change) -> str:
    """Return a backend and its environment, if a change is about one."""
    if not change.backend:
        return change.environment or "acknowledgements"
    return f"{change.backend} ({change.environment})" if change.environment else change.backend


def _group(group: Group) -> Iterator[str]:
    yield f"    {group.subject}"
    yield f"      {group.before} -> {group.after}"
    yield f"      {group.meaning}"
    yield ""


def _accepted(made: Comparison) -> Iterator[str]:
    reasons: dict[str, int] = {}
    for one in made.acknowledged:
        said = f"  {one.by}: {one.by.reason}{f' ({one.by.link})' if one.by.link else ''}"
        line = f"{said}; until {one.by.expires}"
        reasons[line] = reasons.get(line, 0) + 1
    if reasons:
        yield "acknowledged"
    for line, number in reasons.items():
        yield f"{line}; {count(number, 'finding')}"
    if reasons:
        yield ""
