"""Finds margins that moved while both sides passed: lost precision, or another order of sums."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conv2d_conformance.reports.document.line_format import two_digits
from conv2d_conformance.reports.gate.change import Change
from conv2d_conformance.reports.gate.machine import differing
from conv2d_conformance.reports.gate.verdicts import comparable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.reports.document.model import Number, VerdictRecord
    from conv2d_conformance.reports.gate.change import Kind
    from conv2d_conformance.reports.gate.sides import Pair, Side

HALF_A_DIGIT = math.sqrt(10)
DIGIT = 10.0
FEWEST = 5
VISIBLE = 0.1
DTYPE = re.compile(r"\b(bfloat16|float\d+|u?int\d+)\b")
PROCESSOR = ("machine", "cpu", "cpu_flags")


@dataclass
class Family:
    """The margins of one check and dtype on both sides; exact ones, 0 before, are separate."""

    check: str
    clause: str
    dtype: str
    moved: int = 0
    logs: list[float] = field(default_factory=list)
    margins: list[tuple[float, float, VerdictRecord]] = field(default_factory=list)

    @property
    def factor(self) -> float:
        """The growth of the errors: the geometric mean over the cases."""
        return math.exp(math.fsum(self.logs) / len(self.logs)) if self.logs else 1.0


def numeric_changes(pair: Pair) -> Iterator[Change]:
    """Yield what moved: one change per check and dtype, and single cases that lost a digit.

    Notes
    -----
    A margin is an error divided by its bound. Correct direct summation stays within
    ``2(√K + 2)·u·S`` in any order, and the least error is one rounding of the exact result. So
    another order can move a margin anywhere between the two; how far it does is measured. Calls
    that sum directly in partial sums of one format are reorderings of each other: of 26 such
    calls of SciPy, TensorFlow, Keras, PyTorch and JAX, 244 pairs differ, in the geometric mean
    over the cases of one check and dtype, by at most 2.14 (764 families of 5 cases or more;
    `tests/helpers/margins.csv`). A lost decimal digit is a factor of 10. The limit is half-way on
    the scale of digits: √10 = 3.2. Partial sums in the dtype's format, where a wider one was used
    before, are a loss, not a reordering: a factor of 2.4 to 6.1 for float32, of which 50 of 70
    pairs exceed the limit. A mean over fewer than 5 cases varies more; those cases are compared
    one by one.

    A single case moves further than a mean: by up to 15 where few outputs of a 31×31 kernel leave
    its margin to chance, but by at most 7.9 among those that end above a tenth of the bound. A
    digit lost there is a finding. Two runs of the same calls on one processor give the same bits
    (of 6827 margins none differed), so smaller moves are reported too, as another order of sums.
    Another processor runs other instructions, so there a move is not a loss by itself. Where a
    call begins or ceases to sum directly, its errors are divided by a bound of another kind.
    """
    why = differing(pair, PROCESSOR)
    for family in _families(pair):
        yield from _of_family(pair, family, why)


def _families(pair: Pair) -> list[Family]:
    found: dict[tuple[str, str], Family] = {}
    for before, after in comparable(pair):
        if before["outcome"] == after["outcome"] == "passed":
            was, now = _margin(before["margin"]), _margin(after["margin"])
            if was is not None and now is not None:
                dtype = _dtype(after["case"])
                family = found.setdefault(
                    (after["check"], dtype), Family(after["check"], after["clause"], dtype)
                )
                _add(family, was, now, after)
    return list(found.values())


def _dtype(case: str) -> str:
    found = DTYPE.search(case)
    return found[1] if found else ""


def _margin(margin: Number | None) -> float | None:
    """Return a margin with the digits that a baseline stores; None if there is no margin."""
    value = float(margin) if margin is not None else math.nan
    return two_digits(value) if math.isfinite(value) else None


def _add(family: Family, was: float, now: float, verdict: VerdictRecord) -> None:
    family.moved += was != now
    if was and now:
        family.logs.append(math.log(now / was))
    family.margins.append((was, now, verdict))


def _of_family(pair: Pair, family: Family, why: str) -> Iterator[Change]:
    if _kind_of_bound(pair.before, family.dtype) != _kind_of_bound(pair.after, family.dtype):
        if family.moved:
            yield _under_another_bound(pair, family)
        return
    factor = family.factor
    judged = len(family.logs) >= FEWEST
    if judged and factor > HALF_A_DIGIT:
        yield _change(pair, family, "numerics moved while passing", _lost(factor), why)
        return
    lost = [
        (was, now, v) for was, now, v in family.margins if now >= VISIBLE and now >= DIGIT * was
    ]
    for was, now, verdict in lost:
        yield _single(pair, was, now, verdict, why)
    if judged and factor < 1 / HALF_A_DIGIT:
        yield _change(pair, family, "more precise", "errors are smaller than before", why)
    elif family.moved > len(lost):
        kind: Kind = "numerics on another processor" if why else "numerics reordered"
        yield _change(pair, family, kind, "no more than another order of the same sums moves them")


def _kind_of_bound(side: Side, dtype: str) -> tuple[object, bool]:
    """Return whether a call sums directly: that decides which bound its errors are held to."""
    exactly, precision = (
        side.facts[name]["value"] if name in side.facts else None
        for name in ("sums_exactly", "precision")
    )
    of_dtype = precision.get(dtype) if isinstance(precision, dict) else None
    return exactly, isinstance(of_dtype, dict) and of_dtype.get("family") == "direct"


def _under_another_bound(pair: Pair, family: Family) -> Change:
    return Change(
        "numerics under another bound", pair.environment, pair.backend,
        "errors over one bound", "errors over another one",
        "whether the call sums directly has changed, and its bound with it: these are not compared",
        check=family.check, clause=family.clause, case=family.dtype,
    )  # fmt: skip


def _lost(factor: float) -> str:
    return (
        f"{math.log10(factor):.1f} decimal digits of every result are lost, though all are within "
        "the bound: no order of the same sums explains it"
    )


def _change(pair: Pair, family: Family, kind: Kind, meaning: str, why: str = "") -> Change:
    moved = f"{family.moved} of {len(family.margins)} errors"
    after = f"×{family.factor:.2g} in the geometric mean; {moved} moved"
    kind, meaning = _excused(kind, meaning, why)
    return Change(kind, pair.environment, pair.backend, "errors over their bounds", after,
                  meaning, check=family.check, clause=family.clause, case=family.dtype)  # fmt: skip


def _single(pair: Pair, was: float, now: float, verdict: VerdictRecord, why: str) -> Change:
    meaning = "a decimal digit of this result is lost, though it is within the bound"
    kind, meaning = _excused("numerics moved while passing", meaning, why)
    return Change(kind, pair.environment, pair.backend, f"error {was:.2g} of its bound",
                  f"{now:.2g} of it", meaning, check=verdict["check"], clause=verdict["clause"],
                  case=verdict["case"])  # fmt: skip


def _excused(kind: Kind, meaning: str, why: str) -> tuple[Kind, str]:
    if not why or kind != "numerics moved while passing":
        return kind, meaning
    return "numerics on another processor", f"{meaning}; no finding, for {why}"
