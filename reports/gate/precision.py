"""Precision facts: formats and bits have an order, so a change is for the worse or the better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conv2d_conformance.reports.gate.change import Kind

Difference = tuple[str, Any, Any, "Kind"]
GRADES = ("lowered", "norm-wise", "componentwise")
FAMILIES = ("fft-like", "tiled", "direct")
FORMATS = {"float64": 53, "float32": 24, "tf32": 11, "float16": 11, "bfloat16": 8}
# Partial sums that lose no bit at all are recorded as null.
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
    """Whether a dtype was measured; where it was not, there is a reason instead, or nothing."""
    return isinstance(value, dict) and "reason" not in value


def _of_dtype(path: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    slack = 0 if was.get("family") == now.get("family") == "direct" else 1
    for key in sorted(was.keys() - now.keys()):
        yield f"{path}.{key}", was[key], None, "vanished"
    for key in sorted(was.keys() & now.keys()):
        if was[key] != now[key]:
            yield f"{path}.{key}", was[key], now[key], _kind(key, was[key], now[key], slack)


def _kind(key: str, was: Any, now: Any, slack: int) -> Kind:
    """Whether a precision fact fell by more than another order of summation explains.

    Notes
    -----
    ``operand_bits`` comes from products with a power of two: of a direct call each output is one
    product, exact or rounded, whatever the order of its sums, so one bit less is one bit lost.
    Through an FFT the same number is rounded log₂N times, and its worst bit depends on the order:
    SciPy's four FFT calls, one library, measure 21 and 22, or 50 and 51. ``accumulator_bits`` is
    a worst case over sums of 225 terms and moves likewise (24 and 25) once anything is lost at all.
    So one bit is forgiven to what does not sum directly, and to partial sums that lost bits before.
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
    """Where a value of a precision fact stands; more is better."""
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
