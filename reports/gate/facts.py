"""Finds facts that differ, at any depth; a path names each: ``layers.answers.empty batch``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conv2d_conformance.reports.gate.change import Change
from conv2d_conformance.reports.gate.meanings import RIGHT, UNTOLD, of_fact
from conv2d_conformance.reports.gate.precision import precision_changes
from conv2d_conformance.reports.tables.symptoms import exception, steady

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.reports.gate.change import Kind
    from conv2d_conformance.reports.gate.sides import Pair

# The cost of a run is not a property of the call.
IGNORED = frozenset({"cost"})
REFUSALS = ("refused", "raised", "unsupported")
ABSENT = object()


def fact_changes(pair: Pair) -> Iterator[Change]:
    """Yield every fact that differs, or that only one side has."""
    before, after = pair.before.facts, pair.after.facts
    for name in sorted((before.keys() | after.keys()) - IGNORED):
        values = (facts[name]["value"] if name in facts else ABSENT for facts in (before, after))
        compare = precision_changes if name == "precision" else _differences
        for path, was, now, kind in compare(name, *values):
            yield _change(pair, path, was, now, kind)


def _differences(path: str, was: Any, now: Any) -> Iterator[tuple[str, Any, Any, Kind]]:
    if _plain(was) == _plain(now):
        return
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted(was.keys() | now.keys()):
            yield from _differences(f"{path}.{key}", was.get(key, ABSENT), now.get(key, ABSENT))
    else:
        yield path, was, now, _kind(path, was, now)


def _kind(path: str, was: Any, now: Any) -> Kind:
    refusals = path.startswith("refused_")
    if was is ABSENT:
        return "fact changed" if refusals else "new"
    if now is ABSENT:
        return "no longer refused" if refusals else "vanished"
    if _unmeasured(now):
        return "vanished"
    if _unmeasured(was):
        return "new"
    if RIGHT.get(path) == shown(now):
        return "fixed"
    if _refuses(was) and _refuses(now) and exception(was) == exception(now):
        return "worded differently"
    return "no longer refused" if _refuses(was) and not _refuses(now) else "fact changed"


def _refuses(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(REFUSALS)


def _unmeasured(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("not measured", "not asked"))


def _plain(value: Any) -> Any:
    """Return ``value`` without what changes from run to run, and its words in a fixed order."""
    if isinstance(value, str):
        return steady(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        plain = [_plain(item) for item in value]
        return sorted(plain) if all(isinstance(item, str) for item in plain) else plain
    return value


def shown(value: Any) -> str:
    """Return a fact's value in few words."""
    if value is ABSENT:
        return "not there"
    if isinstance(value, list):
        return ", ".join(map(shown, value)) or "none"
    if isinstance(value, dict):
        return steady("; ".join(f"{key} {shown(item)}" for key, item in value.items())) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return UNTOLD if value is None else steady(str(value))


def _change(pair: Pair, path: str, was: Any, now: Any, kind: Kind) -> Change:
    before, after = shown(was), shown(now)
    meaning = of_fact(kind, path, pair.backend, before, after)
    return Change(kind, pair.environment, pair.backend, before, after, meaning, fact=path)
