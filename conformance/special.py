"""Special values: what NaN, infinities, subnormals and overflow do, and where it shows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from conformance import geometry
from conformance.dtypes import DTYPES, INTEGERS, info, named
from conformance.nonconformance import NonconformanceError
from conformance.reference import Array, shape_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from conformance.subject import Subject

    Mask = NDArray[np.bool_]

IMAGE = (9, 10)
PIXEL = (4, 5)


def measure(subject: Subject) -> dict[str, Any]:
    """Facts about special values, by name; an operation that the call refuses says so."""
    dtype = floating(subject)
    facts: dict[str, Any] = {
        "integer_overflow": {
            d: _told(partial(overflow, subject, d)) for d in INTEGERS if d in subject.dtypes
        },
        "complex": _told(lambda: conjugation(subject)),
        "bool": _told(lambda: truth(subject)),
    }
    if dtype is None:
        return facts
    return facts | {
        "nan": _told(lambda: reach(subject, dtype, np.nan)),
        "inf": _told(lambda: reach(subject, dtype, np.inf)),
        "zero_times_inf": _told(lambda: zero_times_inf(subject, dtype)),
        "signed_zero": _told(lambda: signed_zero(subject, dtype)),
        "subnormals": _told(lambda: subnormals(subject, dtype)),
        "partial_sum_overflow": _told(lambda: partial_sum_overflow(subject, dtype)),
    }


def floating(subject: Subject) -> np.dtype[Any] | None:
    """The first floating-point dtype that the call takes, float32 if it can."""
    names = [d for d in ("float32", *DTYPES) if d in subject.dtypes and d not in INTEGERS]
    return named(names[0]) if names else None


def _told(answer: Any) -> str:
    try:
        return str(answer())
    except NonconformanceError as error:
        return f"refused: {str(error).splitlines()[0][:160]}"


def _call(subject: Subject, img: Array, k: Array) -> Array:
    with np.errstate(all="ignore"):
        return subject.shaped(img, k, subject.paddings[0])


def footprint(subject: Subject) -> Mask:
    """Outputs that read `PIXEL` through a 3×3 kernel, by the measured conventions."""
    padding, found = subject.paddings[0], subject.conventions
    size = subject.size(np.zeros(IMAGE), np.zeros((3, 3)), padding)
    before = found.before(padding, (3, 3))
    source = geometry.predict(IMAGE, (3, 3, *size), before, found.boundary or "zeros")
    reads: Mask = (source == PIXEL[0] * IMAGE[1] + PIXEL[1]).any(axis=(0, 1))
    return reads


def poisoned(subject: Subject, dtype: np.dtype[Any], value: float) -> Mask:
    """Outputs that are not finite when one pixel is ``value`` and no kernel element is zero."""
    img, k = np.ones(IMAGE, dtype), np.ones((3, 3), dtype)
    img[PIXEL] = value
    mask: Mask = ~np.isfinite(_call(subject, img, k).astype(np.float64))
    return mask


def reach(subject: Subject, dtype: np.dtype[Any], value: float) -> str:
    """``local``, ``rows``, ``columns``, ``global`` or ``spreads``; ``swallowed`` if it is lost."""
    mask: Mask = poisoned(subject, dtype, value)
    expected: Mask = footprint(subject)
    if (expected & ~mask).any():
        return "swallowed" if not mask.any() else "swallowed in part"
    if np.array_equal(mask, expected):
        return "local"
    shapes = {
        "global": np.ones_like(mask),
        "rows": np.broadcast_to(expected.any(axis=1, keepdims=True), mask.shape),
        "columns": np.broadcast_to(expected.any(axis=0, keepdims=True), mask.shape),
    }
    return next((word for word, shape in shapes.items() if np.array_equal(mask, shape)), "spreads")


def zero_times_inf(subject: Subject, dtype: np.dtype[Any]) -> str:
    """``nan`` as IEEE 754 says, ``skipped`` if zero kernel elements are not multiplied."""
    img, k = np.full(IMAGE, np.inf, dtype), np.zeros((3, 3), dtype)
    k[1, 1] = 1
    inner = _call(subject, img, k)[3:5, 3:5].astype(np.float64)
    return "nan" if np.isnan(inner).all() else "skipped" if np.isinf(inner).all() else "mixed"


def signed_zero(subject: Subject, dtype: np.dtype[Any]) -> str:
    """Sign of (-0)·1 through a 1×1 kernel: ``kept`` or ``lost``, for sums from +0 lose it."""
    result = _call(subject, np.full(IMAGE, -0.0, dtype), np.ones((1, 1), dtype))
    return "kept" if np.signbit(result.astype(np.float64)).all() else "lost"


def subnormals(subject: Subject, dtype: np.dtype[Any]) -> str:
    """Whether a subnormal pixel times one is ``kept`` or ``flushed`` to zero."""
    img = np.full(IMAGE, info(dtype).smallest_subnormal * 4, dtype)
    k = np.zeros((3, 3), dtype)
    k[1, 1] = 1
    inner = _call(subject, img, k)[3:5, 3:5]
    return (
        "kept"
        if np.array_equal(inner, img[3:5, 3:5])
        else "flushed"
        if not inner.any()
        else "changed"
    )


def partial_sum_overflow(subject: Subject, dtype: np.dtype[Any]) -> str:
    """Whether the largest numbers and their negatives sum to ``zero`` or go ``non-finite``."""
    img, k = np.full(IMAGE, info(dtype).max, dtype), np.zeros((3, 3), dtype)
    k[1], k[2] = 1, -1
    inner = _call(subject, img, k)[3:5, 3:5].astype(np.float64)
    return (
        "zero" if not inner.any() else "non-finite" if not np.isfinite(inner).all() else "rounded"
    )


def overflow(subject: Subject, name: str) -> str:
    """What the largest integer, taken nine times, becomes: wraps, saturates or widens."""
    dtype = named(name)
    top = int(np.iinfo(dtype).max)
    result = _call(subject, np.full(IMAGE, top, dtype), np.ones((3, 3), dtype))
    got = result[tuple(n // 2 for n in shape_of(result))]
    if result.dtype != dtype and float(got) == 9.0 * top:
        return f"widens to {result.dtype.name}"
    wrapped = (9 * top) % 2 ** (8 * dtype.itemsize)
    wrapped -= 2 ** (8 * dtype.itemsize) if dtype.kind == "i" and wrapped > top else 0
    words = {wrapped: "wraps", top: "saturates"}
    value = float(got)
    return words.get(int(got), f"gives {int(got)}") if np.isfinite(value) else f"gives {value}"


def conjugation(subject: Subject) -> str:
    """Whether a complex kernel is conjugated: ``plain`` or ``conjugates``."""
    img, k = np.ones(IMAGE, np.complex64), np.zeros((3, 3), np.complex64)
    k[1, 1] = 1j
    got = complex(_call(subject, img, k)[3, 3])
    rounded = complex(round(got.real), round(got.imag))
    return {1j: "plain", -1j: "conjugates"}.get(rounded, f"gives {got}")


def truth(subject: Subject) -> str:
    """Dtype and value of nine times True."""
    result = _call(subject, np.ones(IMAGE, np.bool_), np.ones((3, 3), np.bool_))
    return f"{result.dtype.name}: {result[3, 3]}"
