"""Compares a baseline with a candidate: every change, and what could not be judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conv2d_conformance.reports.gate.acknowledge import AcceptedFinding, acknowledge
from conv2d_conformance.reports.gate.change import FINDINGS, NOTES, Change, with_severity
from conv2d_conformance.reports.gate.facts import fact_changes
from conv2d_conformance.reports.gate.numerics import numeric_changes
from conv2d_conformance.reports.gate.pairing import pair_backends
from conv2d_conformance.reports.gate.timings import timing_changes
from conv2d_conformance.reports.gate.verdicts import comparable, verdict_changes
from conv2d_conformance.reports.tables.severity import rank

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from conv2d_conformance.reports.document.model import Document
    from conv2d_conformance.reports.document.severity import Severity
    from conv2d_conformance.reports.gate.acknowledge import Acknowledgement
    from conv2d_conformance.reports.gate.sides import Pair

ORDER = (*FINDINGS, *NOTES)


@dataclass
class Comparison:
    """The result of the gate; ``unjudged`` has a sentence for everything it could not judge.

    ``partial`` has one for each two runs of which one holds a part of the checks only.
    ``versions`` has those of each backend's own distributions, by environment and backend, and
    ``compared`` the cases that both documents have, by environment, backend and check. A finding
    less severe than ``fail_on`` is listed, but does not fail the gate. ``upgraded`` has the
    versions before and after of each distribution that differs, the backends' own first.
    """

    today: date
    findings: list[Change] = field(default_factory=list)
    acknowledged: list[AcceptedFinding] = field(default_factory=list)
    notes: list[Change] = field(default_factory=list)
    unjudged: list[str] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    joined: int = 0
    versions: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    compared: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    fail_on: Severity | None = None
    upgraded: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def failing(self) -> list[Change]:
        """The findings that fail the gate: those at least as severe as ``fail_on``."""
        least = rank(self.fail_on)
        return [change for change in self.findings if rank(change.severity) <= least]

    @property
    def exit_code(self) -> int:
        """0: nothing; 1: findings that fail it; 2: none of them, but something not judged.

        What has vanished may be missing for the same reason as what was not judged.
        """
        if any(change.kind != "vanished" for change in self.failing):
            return 1
        return 2 if self.unjudged else int(bool(self.failing))


def compare(
    baseline: Document,
    candidate: Document,
    acknowledgements: Sequence[Acknowledgement] = (),
    *,
    today: date,
    only_common: bool = False,
    fail_on: Severity | None = None,
) -> Comparison:
    """Return what changed from ``baseline`` to ``candidate``.

    Parameters
    ----------
    baseline, candidate : Document
        Joined record by record: by environment, backend, check, case and the case's definition.
        Two documents of one run each are joined even if their environments differ in name.
    acknowledgements : sequence of Acknowledgement
        Findings that they match do not count. An acknowledgement that matches nothing, or has
        expired, counts as a finding.
    today : date
        The day that decides whether an acknowledgement has expired.
    only_common : bool
        Whether to ignore environments that one document lacks, instead of reporting them.
    fail_on : str, optional
        The least severity whose findings fail the gate; without one, every finding does.
    """
    both = pair_backends(baseline, candidate, only_common=only_common)
    made = Comparison(today, unjudged=both.unjudged, partial=both.partial, fail_on=fail_on)
    changes = list(both.changes)
    for pair in both.pairs:
        joined = comparable(pair)
        made.joined += len(joined)
        for _, after in joined:
            place = pair.environment, pair.backend, after["check"]
            made.compared.setdefault(place, []).append(after["case"])
        if pair.after.ratios:
            made.compared[pair.environment, pair.backend, ""] = list(pair.after.ratios)
        record = pair.after.record
        made.versions[pair.environment, pair.backend] = record["versions"] if record else {}
        changes += _of_pair(pair)
        made.upgraded |= _upgraded(pair)
        if not joined:
            made.unjudged.append(
                f"{pair.environment}: no verdict on {pair.backend} is in both documents with one "
                "definition; renew the baseline"
            )
    if not made.joined and not made.unjudged:
        made.unjudged.append("the documents have no backend in common; nothing was compared")
    split = acknowledge(map(with_severity, changes), acknowledgements, both.pairs, today)
    made.acknowledged = split.acknowledged
    findings = (with_severity(c) for c in split.changes if c.is_finding)
    made.findings = sorted(findings, key=_order)
    made.notes = sorted((c for c in split.changes if not c.is_finding), key=_order)
    return made


def _of_pair(pair: Pair) -> Iterator[Change]:
    yield from fact_changes(pair)
    yield from verdict_changes(pair)
    yield from numeric_changes(pair)
    yield from timing_changes(pair)
    yield from _set_up(pair)


def _upgraded(pair: Pair) -> dict[str, tuple[str, str]]:
    was, now = pair.before.versions, pair.after.versions
    return {name: (was[name], now[name]) for name in now if was.get(name, now[name]) != now[name]}


def _set_up(pair: Pair) -> Iterator[Change]:
    was, now = pair.before.record, pair.after.record
    if was is None or now is None:
        return
    for name in sorted(was["settings"].keys() | now["settings"].keys()):
        before, after = (r["settings"].get(name, "not set") for r in (was, now))
        if before != after:
            yield Change("set up differently", pair.environment, pair.backend, before, after,
                         f"the suite ran it with another {name}: more may differ for it",
                         fact=name)  # fmt: skip


def _order(change: Change) -> tuple[int, int, str, str, str, str, str, str]:
    return (
        rank(change.severity), ORDER.index(change.kind), change.backend, change.environment,
        change.fact, change.clause, change.check, change.case,
    )  # fmt: skip
