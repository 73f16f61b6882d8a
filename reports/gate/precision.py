"""Compares precision facts: formats and bits have an order, so a change is a loss or a gain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conv2d_conformance.reports.gate.change import Kind

Difference = tuple[str, Any, Any, "Kind"]
GRADES = ("lowered", "norm-wise", "componentwise")
FAMILIES = ("fft-like", "tiled", "direct")
FORMATS = {"float64": 53, "float32": 24, "tf32": 11, "float16": 11, "bfloat16": 8}
# Partial sums that lose no bit are recorded as null.
ALL = 64


def precision_changes(path: str, was: Any, now: Any) -> Iterator[Difference]:
    """Yield what differs in the fact ``precision``, dtype by dtype."""
    before, after = (value if isinstance(value, dict) else {} for value in (was, now))
    for dtype in sorted(before.keys() | after.keys()):
        held, got = before.get(dtype), after.get(dtype)
        if _is_measured(held) and _is_measured(got):
            yield from _of_dtype(f"{path}.{dtype}", held, got)
        elif _is_measured(held) or _is_measured(got):
            yield f"{path}.{dtype}", held, got, "vanished" if _is_measured(held) else "new"


def _is_measured(value: Any) -> TypeGuard[dict[str, Any]]:
    """Return whether a dtype was measured; otherwise there is a reason, or nothing."""
    return isinstance(value, dict) and "reason" not in value


def _of_dtype(path: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    slack = 0 if was.get("family") == now.get("family") == "direct" else 1
    for key in sorted(was.keys() - now.keys()):
        yield f"{path}.{key}", was[key], None, "vanished"
    for key in sorted(was.keys() & now.keys()):
        if was[key] != now[key]:
            yield f"{path}.{key}", was[key], now[key], _kind(key, was[key], now[key], slack)


def _kind(key: str, was: Any, now: Any, slack: int) -> Kind:
    """Return whether a precision fact fell by more than another order of summation explains.

    Notes
    -----
    ``operand_bits`` comes from products with a power of two. In a direct call each output is one
    product, exact or rounded, in any order of sums, so one bit less is one bit lost. An FFT
    rounds the same number log₂N times, and its worst bit depends on the order: SciPy's four FFT
    calls, one library, measure 21 and 22, or 50 and 51. ``accumulator_bits`` is a worst case over
    sums of 225 terms, and moves in the same way (24 and 25) once anything is lost. So a loss of
    one bit is accepted from a call that does not sum directly, and in partial sums that lost bits
    before.
    """
    rank_was, rank_now = rank(was), rank(now)
    if rank_now >= rank_was:
        return "more precise" if rank_now > rank_was else "fact changed"
    if key == "family":
        return "fact changed"
    forgiven = slack if key == "operand_bits" else int(was is not None)
    if key in ("operand_bits", "accumulator_bits") and rank_was - rank_now <= forgiven:
        return "numerics reordered"
    return "precision class lowered"


def rank(value: Any) -> int:
    """Return the rank of a precision fact's value; higher is better."""
    if value is None:
        return ALL
    if isinstance(value, str):
        for order in (GRADES, FAMILIES):
            if value in order:
                return order.index(value)
        return FORMATS.get(value) or _bits(value)
    return int(value) if isinstance(value, int | float) else 0


def _bits(words: str) -> int:
    number = words.partition(" ")[0]
    return int(number) if number.isdigit() else 0
