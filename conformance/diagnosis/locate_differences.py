"""Describes where two arrays of one shape differ: which part, the worst element, NaN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.definition.shown_numbers import tell_apart

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.definition.correlation import Array, Floats

# The statistics that users print, by name.
STATISTICS: dict[str, Callable[[Floats], float]] = {
    "mean": np.mean,
    "sum": np.sum,
    "max": np.max,
    "min": np.min,
}
PRINTED = 1e-6


def summarise_differences(expected: Floats, got: Array, bound: Floats) -> dict[str, Any]:
    """Summarise where ``got`` is further from ``expected`` than ``bound``.

    Parameters
    ----------
    expected, got, bound : ndarray, one shape of 2 to 4 axes, rows and columns last

    Returns
    -------
    dict
        ``part`` in words, ``count``, ``of``, ``index`` of the worst, ``expected``, ``got`` there;
        ``zeros``, whether ``got`` is zero wherever they differ.
    """
    got = got.astype(np.float64)
    with np.errstate(invalid="ignore"):
        error = np.abs(got - expected)
        wrong = ~(error <= bound) & ~(np.isnan(got) & np.isnan(expected)) & (got != expected)
    lost = wrong & ~np.isfinite(got)
    scaled = np.where(wrong, np.where(np.isnan(error), np.inf, error), -1.0)
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(scaled)), got.shape))
    return {
        "part": part(wrong) + (f"; {int(lost.sum())} of them NaN or infinite" * bool(lost.any())),
        "count": int(wrong.sum()),
        "of": wrong.size,
        "index": index[-2:] if got.shape[:-2] in ((), (1, 1)) else index,
        "expected": float(expected[index]),
        "got": float(got[index]),
        "zeros": not got[wrong].any(),
    }


def describe_location(where: dict[str, Any], names: tuple[str, str] = ("expected", "got")) -> str:
    """One line of `summarise_differences`; ``names`` are those of its two arrays."""
    at = ", ".join(map(str, where["index"]))
    one, other = names
    expected, got = tell_apart(where["expected"], where["got"])
    return (
        f"{where['count']} of {where['of']} elements differ: {where['part']}; the worst at "
        f"[{at}]: {one} {expected}, {other} {got}"
    )


def part(wrong: Array) -> str:
    """Return which part of the last two axes is marked."""
    plane = np.asarray(wrong.reshape((-1, *wrong.shape[-2:])).any(0))
    if not plane.any() or plane.all():
        return "all over" if plane.any() else "none"
    rows, columns = (np.flatnonzero(np.any(plane, axis)) for axis in (1, 0))
    box = f"rows {rows[0]} to {rows[-1]}, columns {columns[0]} to {columns[-1]}"
    if plane.sum() <= max(3, plane.size // 500):
        return f"single elements, {box}"
    high, wide = plane.shape
    corner = rows[0] == 0 or rows[-1] == high - 1, columns[0] == 0 or columns[-1] == wide - 1
    if all(corner) and 2 * np.ptp(rows) < high - 1 and 2 * np.ptp(columns) < wide - 1:
        return f"one corner, {box}"
    if width := _frame(plane):
        return f"the border, {width} wide, at the {_sides(plane, width)}"
    return f"elsewhere, {box}" if any(corner) else f"the interior, {box}"


def _frame(plane: Array) -> int:
    """Width of the frame that holds all that is marked; 0 where that is most of the plane."""
    for width in range(1, min(plane.shape) // 3 + 1):
        if not plane[width:-width, width:-width].any():
            return width
    return 0


def _sides(plane: Array, width: int) -> str:
    middle = slice(width, -width)
    sides = {
        "top": plane[:width, middle],
        "bottom": plane[-width:, middle],
        "left": plane[middle, :width],
        "right": plane[middle, -width:],
    }
    return ", ".join(name for name, side in sides.items() if side.any()) or "corners"


def agreeing_statistics(one: Array, other: Array) -> list[str]:
    """Statistics that agree to the six or seven digits that are printed."""
    found = []
    for name, statistic in STATISTICS.items():
        a, b = (float(statistic(each.astype(np.float64))) for each in (one, other))
        size = max(abs(a), abs(b))
        if np.isfinite(size) and abs(a - b) <= PRINTED * size:
            found.append(f"{name} ({a:.7g})")
    return found
