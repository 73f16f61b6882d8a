"""Groups the changes that have one cause, to report each cause once."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING

from conv2d_conformance.reports.gate.covering_words import covering_words, size
from conv2d_conformance.reports.tables.summary import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conv2d_conformance.reports.gate.change import Change

    # The cases of a check that both sides have, by environment, backend and check.
    Compared = Mapping[tuple[str, str, str], Iterable[str]]

MAX_NAMED = 3
# Each of these has numbers of its own, or is about records and not about what a call does.
ONE_CHECK = frozenset({
    "new", "vanished", "case redefined", "no longer asked", "numerics moved while passing",
    "numerics reordered", "numerics on another processor", "numerics under another bound",
    "more precise",
})  # fmt: skip
OWN_NUMBERS = frozenset({"new", "vanished", "case redefined"})
LAYER = re.compile(r"^.*\bon (?:transposed )?layer \S+", re.DOTALL)
NUMBERS = re.compile(r"(?:…|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?:, (?=…|[+-]?\d))?")
DIAGNOSIS = "It equals"


@dataclass
class Group:
    """Changes of one backend with one cause.

    ``compared`` has the cases that both documents have.
    """

    changes: list[Change] = field(default_factory=list)
    compared: Compared = field(default_factory=dict)

    @property
    def first(self) -> Change:
        """The change that represents the group."""
        return self.changes[0]

    @cached_property
    def smallest(self) -> Change:
        """The change of the case with the smallest operands."""
        return min(self.changes, key=lambda change: size(change.case) or math.inf)

    @property
    def subject(self) -> str:
        """The subject of the change: a fact, the cases of a check, a backend."""
        if self.first.fact:
            return self.first.fact if len(self.changes) == 1 else self._facts()
        if self.first.check:
            return self._cases()
        if self._is_of_sizes:
            return self._sizes()
        names = [change.case for change in self.changes if change.case]
        return first_names(names) if names else "the whole of it"

    @property
    def before(self) -> str:
        """The value before: of the smallest case, or what facts have in common."""
        return self._value([change.before for change in self.changes], self.smallest.before)

    @property
    def after(self) -> str:
        """The value after, likewise."""
        if self._is_of_sizes:
            low, high = (f"{some(self._times):.3g}" for some in (min, max))
            return f"{low} to {high} times that, {median(self._times):.3g} in the median"
        return self._value([change.after for change in self.changes], self.smallest.after)

    @property
    def meaning(self) -> str:
        """What it means for the users of the backend."""
        if self._is_of_sizes:
            return f"calls of these sizes are {self.first.kind}"
        return self.first.meaning

    @property
    def _is_of_sizes(self) -> bool:
        return len(self.changes) > 1 and bool(self._times)

    @property
    def _times(self) -> list[float]:
        return [change.times for change in self.changes if change.times is not None]

    def _sizes(self) -> str:
        names = [change.case for change in self.changes]
        asked = list(self.compared.get((self.first.environment, self.first.backend, ""), names))
        others = [case for case in asked if case not in names]
        if len(others) <= MAX_NAMED:
            but = f" but {', '.join(others)}" if others else ""
            return f"all {len(asked)} sizes{but}"
        words = covering_words([("", case) for case in names], [("", case) for case in asked])
        exact = f", {words}" if words.startswith("all") else ""
        return f"{len(names)} of {count(len(asked), 'size')}{exact}{self._named()}"

    def _value(self, values: list[str], smallest: str) -> str:
        return smallest if self.first.check and self.first.kind != "fixed" else _common(values)

    def _facts(self) -> str:
        return f"{count(len(self.changes), 'fact')}: {first_names([c.fact for c in self.changes])}"

    def _cases(self) -> str:
        clauses = list(dict.fromkeys(change.clause for change in self.changes))
        checks = dict.fromkeys(change.check for change in self.changes)
        where = f"clause{'s' * (len(clauses) > 1)} {', '.join(clauses)}"
        check = f" ({self.first.check})" if len(checks) == 1 else ""
        what = f"{count(len(self.changes), 'case')} of {where}{check}"
        words = self._words()
        return ", ".join(part for part in (what, words) if part) + self._named()

    def _words(self) -> str:
        cases = [(change.check, change.case) for change in self.changes]
        where = self.first.environment, self.first.backend
        asked = [
            (check, case)
            for check in dict.fromkeys(check for check, _ in cases)
            for case in self.compared.get((*where, check), ())
        ]
        return covering_words(cases, asked) if asked else ""

    def _named(self) -> str:
        names = [change.case for change in self.changes if change.case]
        if len(names) <= MAX_NAMED:
            return f": {', '.join(names)}" if names else ""
        return f"; the smallest: {self.smallest.case}"


def _common(texts: Iterable[str]) -> str:
    different = list(dict.fromkeys(texts))
    if len(different) == 1:
        return different[0]
    return first_names(list(dict.fromkeys(text.partition(" (")[0] for text in different)), " or ")


def first_names(names: list[str], between: str = ", ") -> str:
    """Return the first three names, and how many more there are."""
    shown = between.join(names[:MAX_NAMED])
    return f"{shown} and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else shown


def group_changes(changes: Iterable[Change], compared: Compared | None = None) -> list[Group]:
    """Group the changes that have one cause, in the order of the first of each."""
    found: dict[tuple[str, ...], Group] = {}
    for change in changes:
        group = found.setdefault(_cause(change), Group(compared=compared or {}))
        group.changes.append(change)
    return list(found.values())


def by_check(group: Group) -> list[Group]:
    """Return the parts of a group, each about one check."""
    parts: dict[str, Group] = {}
    for change in group.changes:
        parts.setdefault(change.check, Group(compared=group.compared)).changes.append(change)
    return list(parts.values())


def _cause(change: Change) -> tuple[str, ...]:
    where = (change.kind, change.environment, change.backend)
    if change.fact:
        # The members of a family of facts change together, each from a value of its own.
        family, _, member = change.fact.partition(".")
        values = () if member else (change.before, change.after)
        return (*where, family, change.meaning, *values)
    if change.times is not None:
        return (*where, "speed")
    if not change.check or change.kind in ONE_CHECK:
        values = () if change.kind in OWN_NUMBERS else (change.before, change.after)
        return (*where, change.check, change.meaning, *values)
    if change.kind == "fixed":
        return (*where, "every check")
    return (*where, change.meaning, plain(change.before), plain(change.after))


def plain(text: str) -> str:
    """Return how a verdict failed, without the case and its numbers; a diagnosis keeps them."""
    said, mark, diagnosis = text.partition(DIAGNOSIS)
    return NUMBERS.sub("#", LAYER.sub("on a layer", said)) + mark + diagnosis
