"""The part of a wrong result that a report draws: a window around the worst element."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array, Floats
    from conv2d_conformance.matrix.reproducers.evidence import Evidence
    from conv2d_conformance.reports.document.sample import Sample

SIDE = 16


def sample_of(found: Evidence | None) -> Sample | None:
    """Return the result and the exact result around the worst element.

    None if there is nothing to compare: no call, no exact result, or a result that is not an array
    of real numbers or has another shape.
    """
    if found is None:
        return None
    part = next((part for part in found.parts if found.convention or part.differs), None)
    if part is None or part.expected is None:
        return None
    got, exact = part.result, part.expected.exact
    if not _drawable(got, exact.value):
        return None
    return _sample(part.operand, got, exact.value, exact.error_of(got), part.expected.bound)


def _drawable(got: object, expected: Array) -> TypeGuard[Array]:
    if not isinstance(got, np.ndarray) or got.dtype.kind == "c" or got.dtype.hasobject:
        return False
    return got.shape == expected.shape and bool(got.size) and got.ndim >= 2


def _sample(of: str, got: object, expected: Array, error: Floats, bound: Floats) -> Sample:
    came, right = np.asarray(got, np.float64), np.asarray(expected, np.float64)
    with np.errstate(all="ignore"):
        # float64 may not hold the values exactly. The error is exact; the difference has its sign.
        difference = np.where(np.isfinite(error), np.copysign(error, came - right), came - right)
    worst = _worst(came, right, difference, bound)
    corner = _corner(worst[-2:], came.shape[-2:])
    rows, columns = (slice(first, first + SIDE) for first in corner)
    window: tuple[Any, ...] = (*worst[:-2], rows, columns)
    return {
        "of": of,
        "shape": list(came.shape),
        "corner": list(corner),
        "worst": list(worst),
        "expected": _rows(right[window], 6),
        "got": _rows(came[window], 6),
        "difference": _rows(difference[window], 3),
    }


def _worst(came: Floats, right: Floats, difference: Floats, bound: Floats) -> tuple[int, ...]:
    with np.errstate(all="ignore"):
        over = np.abs(difference) / np.maximum(bound, np.finfo(np.float64).tiny)
    both_nan = np.isnan(came) & np.isnan(right)
    same = both_nan | (np.isinf(came) & (came == right))
    over = np.where(same, 0.0, np.nan_to_num(over, nan=np.inf))
    return tuple(int(i) for i in np.unravel_index(np.argmax(over), over.shape))


def _corner(worst: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the start of the window, so that it holds ``worst`` and stays within ``shape``."""
    return tuple(
        max(0, min(at - SIDE // 2, extent - SIDE)) for at, extent in zip(worst, shape, strict=True)
    )


def _rows(window: Floats, digits: int) -> list[str]:
    return [" ".join(f"{value:.{digits}g}" for value in row) for row in window]
