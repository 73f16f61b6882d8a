"""Groups the same change in many cases, to report it once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conv2d_conformance.reports.tables.summary import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conv2d_conformance.reports.gate.change import Change

MAX_NAMED = 3


@dataclass
class Group:
    """Changes of one backend that differ only in their case, or in which of many facts."""

    changes: list[Change] = field(default_factory=list)

    @property
    def first(self) -> Change:
        """The change that represents the group."""
        return self.changes[0]

    @property
    def subject(self) -> str:
        """The subject of the change: a fact, the cases of a check, a backend."""
        if self.first.fact:
            return self.first.fact if len(self.changes) == 1 else self._facts()
        if self.first.check:
            return self._cases()
        names = [change.case for change in self.changes if change.case]
        return first_names(names) if names else "the whole of it"

    @property
    def before(self) -> str:
        """The common value before, as far as there is one."""
        return _common(change.before for change in self.changes)

    @property
    def after(self) -> str:
        """The common value after, as far as there is one."""
        return _common(change.after for change in self.changes)

    def _facts(self) -> str:
        return f"{count(len(self.changes), 'fact')}: {first_names([c.fact for c in self.changes])}"

    def _cases(self) -> str:
        names = [change.case for change in self.changes if change.case]
        what = f"{count(len(self.changes), 'case')} of clause {self.first.clause}"
        return f"{what} ({self.first.check}){f': {first_names(names)}' if names else ''}"


def _common(texts: Iterable[str]) -> str:
    different = list(dict.fromkeys(texts))
    if len(different) == 1:
        return different[0]
    return first_names(list(dict.fromkeys(text.partition(" (")[0] for text in different)), " or ")


def first_names(names: list[str], between: str = ", ") -> str:
    """Return the first three names, and how many more there are."""
    shown = between.join(names[:MAX_NAMED])
    return f"{shown} and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else shown


def group_changes(changes: Iterable[Change]) -> list[Group]:
    """Group the changes that say the same, in the order of the first of each."""
    found: dict[tuple[str, ...], Group] = {}
    for change in changes:
        found.setdefault(_same(change), Group()).changes.append(change)
    return list(found.values())


def _same(change: Change) -> tuple[str, ...]:
    # Each case of moved numerics or timings has its own numbers.
    values = () if change.kind in OWN_NUMBERS else (change.before, change.after)
    return (
        change.kind, change.environment, change.backend, change.check,
        change.fact.partition(".")[0], change.meaning, *values,
    )  # fmt: skip


OWN_NUMBERS = frozenset({"new", "vanished", "case redefined"})
