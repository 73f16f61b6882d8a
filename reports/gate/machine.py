"""Compares the fingerprints of two runs, to see whether they ran on the same machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conv2d_conformance.reports.gate.sides import Pair

# Without packages: they are under test.
MAY_DIFFER = "packages"


def differing(pair: Pair, keys: Iterable[str] = ()) -> str:
    """Return in words how two fingerprints differ: in all keys, or in the named ``keys``."""
    was, now = pair.before.run["fingerprint"], pair.after.run["fingerprint"]
    if was is None or now is None:
        return f"the {'baseline' if was is None else 'candidate'} does not say on what it ran"
    wanted = list(keys) or sorted((was.keys() | now.keys()) - {MAY_DIFFER})
    return "; ".join(_differs(key, was, now) for key in wanted if was.get(key) != now.get(key))


def _differs(key: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    before, after = was.get(key), now.get(key)
    if isinstance(before, list) and isinstance(after, list):
        lost, gained = sorted(set(before) - set(after)), sorted(set(after) - set(before))
        signs = [f"-{flag}" for flag in lost] + [f"+{flag}" for flag in gained]
        return f"{key} differs ({_few(signs)})"
    return f"{key} differs ({before} before, {after} now)"


def _few(words: list[str], most: int = 6) -> str:
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return f"{' '.join(words[:most])}{more}"
