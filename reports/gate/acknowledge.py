"""Findings that someone has reviewed and accepted, for named versions and until a named day."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from conv2d_conformance.reports.gate.change import Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from conv2d_conformance.reports.gate.change import Kind
    from conv2d_conformance.reports.gate.sides import Pair, Side


@dataclass(frozen=True)
class Acknowledgement:
    """One entry of the file; the fields from ``backend`` to ``fact`` are shell patterns."""

    finding: str
    backend: str
    versions: str
    reason: str
    link: str
    expires: date
    environment: str = "*"
    check: str = "*"
    case: str = "*"
    fact: str = "*"

    def matches(self, change: Change) -> bool:
        """Return whether this entry is about ``change``, without a look at versions and expiry."""
        return self.finding == change.kind and all(
            fnmatchcase(getattr(change, name), getattr(self, name))
            for name in ("backend", "environment", "check", "case", "fact")
        )

    def holds_for(self, side: Side) -> bool:
        """Return whether the installed version is one that the entry names."""
        if not self.versions:
            return True
        wanted = Requirement(self.versions)
        names = {canonicalize_name(name): version for name, version in side.versions.items()}
        found = names.get(canonicalize_name(wanted.name))
        return found is not None and wanted.specifier.contains(found, prereleases=True)

    def is_about(self, pair: Pair) -> bool:
        """Return whether the entry is about a backend that ran, at a version that it names."""
        places = ((pair.backend, self.backend), (pair.environment, self.environment))
        return all(fnmatchcase(*place) for place in places) and self.holds_for(pair.after)

    def __str__(self) -> str:
        """Return the entry in few words."""
        more = ", ".join(
            f"{name} {value}"
            for name in ("environment", "check", "case", "fact")
            if (value := getattr(self, name)) != "*"
        )
        return f"{self.finding} of {self.backend}{f' ({more})' if more else ''}"


@dataclass(frozen=True)
class AcceptedFinding:
    """A finding, and the entry that accepts it."""

    change: Change
    by: Acknowledgement


@dataclass
class AcceptedSplit:
    """Changes that count, and findings that do not."""

    changes: list[Change] = field(default_factory=list)
    acknowledged: list[AcceptedFinding] = field(default_factory=list)


def acknowledge(
    changes: Iterable[Change],
    entries: Sequence[Acknowledgement],
    pairs: Sequence[Pair],
    today: date,
) -> AcceptedSplit:
    """Return the changes, separately those accepted by a valid entry, and the entries to remove."""
    split = AcceptedSplit()
    after = {(pair.environment, pair.backend): pair.after for pair in pairs}
    live = [entry for entry in entries if entry.expires >= today]
    used: set[Acknowledgement] = set()
    for change in changes:
        side = after.get((change.environment, change.backend))
        by = [e for e in live if side and e.matches(change) and e.holds_for(side)]
        used.update(by)
        if by and change.is_finding:
            split.acknowledged.append(AcceptedFinding(change, by[0]))
        else:
            split.changes.append(change)
    split.changes += [_must_go(e, "expired acknowledgement") for e in entries if e not in live]
    split.changes += [
        _must_go(entry, "dead acknowledgement")
        for entry in live
        if entry not in used and any(entry.is_about(pair) for pair in pairs)
    ]
    return split


def _must_go(entry: Acknowledgement, kind: Kind) -> Change:
    environment = "" if entry.environment == "*" else entry.environment
    if kind == "dead acknowledgement":
        after = "matches nothing, though the backend ran at that version"
        meaning = "what it accepts is gone: delete the entry"
    else:
        after = f"expired on {entry.expires}"
        meaning = "what it accepts is to be looked at again: delete the entry, or renew its date"
    return Change(kind, environment, entry.backend, str(entry), after, meaning)
