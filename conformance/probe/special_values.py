"""Measures special values: the effect and the reach of NaN, infinity, subnormals and overflow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.cases.case import CASE_PADDINGS, Case
from conv2d_conformance.cases.special_layers import NonFinitePlace, ones_but_one
from conv2d_conformance.definition.correlation import Array, shape_of
from conv2d_conformance.definition.dtypes import DTYPES, FLOATS, INTEGERS, dtype_by_name, info
from conv2d_conformance.definition.shapes import describe
from conv2d_conformance.probe.measured_call import describe_failure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from conv2d_conformance.probe.measured_call import MeasuredCall

    Mask = NDArray[np.bool_]

IMAGE = (9, 10)
PIXEL = (4, 5)
TAP = (0, 2)


NON_FINITE_PLACES: tuple[NonFinitePlace, ...] = ("pixel", "tap")
VALUES = ("nan", "inf", "-inf")


@dataclass(frozen=True)
class NonFiniteCase(Case):
    """Ones, with a single ``value`` that is not finite: a ``pixel`` or a ``tap``."""

    value: str = "nan"
    where: NonFinitePlace = "pixel"

    @property
    def id(self) -> str:
        """``same/9x10-by-3x3/float32/nan-pixel``."""
        shapes = describe(self.image, self.kernel)
        return f"{self.padding}/{shapes}/{self.dtype}/{self.value}-{self.where}"

    def arrays(self) -> tuple[Array, Array]:
        """Make image and kernel, new ones at each call."""
        shapes = self.image, self.kernel
        return ones_but_one(shapes, self.dtype, self.value, self.where, (PIXEL, TAP))


NON_FINITE_CASES = tuple(
    NonFiniteCase(IMAGE, (3, 3), padding, dtype, value=value, where=where)
    for padding, dtype, value, where in product(CASE_PADDINGS, FLOATS, VALUES, NON_FINITE_PLACES)
    if value == "nan" or dtype == "float32"
)


def measure(subject: MeasuredCall) -> dict[str, Any]:
    """Return facts about special values, by name; a refusal is a fact too."""
    dtype = floating(subject)
    facts: dict[str, Any] = {
        "integer_overflow": {
            d: _describe(partial(overflow, subject, d)) for d in INTEGERS if d in subject.dtypes
        },
        "complex": _describe(lambda: conjugation(subject)),
        "bool": _describe(lambda: boolean_sum(subject)),
    }
    if dtype is None:
        return facts
    return facts | {
        "nan": _describe(lambda: reach(subject, dtype, "nan")),
        "inf": _describe(lambda: reach(subject, dtype, "inf")),
        "zero_times_inf": _describe(lambda: zero_times_inf(subject, dtype)),
        "signed_zero": _describe(lambda: signed_zero(subject, dtype)),
        "subnormals": _describe(lambda: subnormals(subject, dtype)),
        "partial_sum_overflow": _describe(lambda: partial_sum_overflow(subject, dtype)),
    }


def floating(subject: MeasuredCall) -> np.dtype[Any] | None:
    """Return float32, or the first floating-point dtype that the call takes."""
    names = [d for d in ("float32", *DTYPES) if d in subject.dtypes and d not in INTEGERS]
    return dtype_by_name(names[0]) if names else None


def _describe(answer: Any) -> str:
    try:
        return str(answer())
    except Exception as error:  # noqa: BLE001  (whatever a call does, a run goes on)
        return f"refused: {describe_failure(error).splitlines()[0][:160]}"


def _call(subject: MeasuredCall, img: Array, k: Array) -> Array:
    with np.errstate(all="ignore"):
        return subject.require_array(img, k, subject.paddings[0])


def footprint(subject: MeasuredCall, case: NonFiniteCase) -> Mask:
    """Return the outputs that read a non-finite value, by the measured conventions.

    A tap counts only where it meets a pixel: a zero outside the image need not be multiplied.
    """
    img, k = ((~np.isfinite(a.astype(np.float64))).astype(np.float64) for a in case.arrays())
    operands = (img, np.ones_like(k)) if case.where == "pixel" else (np.ones_like(img), k)
    reads: Mask = subject.exact(*operands, case.padding_word).value > 0
    return reads


def non_finite_outputs(subject: MeasuredCall, case: NonFiniteCase) -> Mask:
    """Return the outputs that are not finite."""
    with np.errstate(all="ignore"):
        result = subject.require_array(*case.arrays(), case.padding_word)
        mask: Mask = ~np.isfinite(result.astype(np.float64))
    return mask


def reach(subject: MeasuredCall, dtype: np.dtype[Any], value: str) -> str:
    """Return ``local``, ``rows``, ``columns``, ``global``, ``spreads``, or ``swallowed``: lost."""
    case = NonFiniteCase(IMAGE, (3, 3), subject.paddings[0], dtype.name, value=value)
    mask, expected = non_finite_outputs(subject, case), footprint(subject, case)
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


def zero_times_inf(subject: MeasuredCall, dtype: np.dtype[Any]) -> str:
    """Return ``nan`` (IEEE 754), or ``skipped`` if zero kernel elements are not multiplied."""
    img, k = np.full(IMAGE, np.inf, dtype), np.zeros((3, 3), dtype)
    k[1, 1] = 1
    inner = _call(subject, img, k)[3:5, 3:5].astype(np.float64)
    return "nan" if np.isnan(inner).all() else "skipped" if np.isinf(inner).all() else "mixed"


def signed_zero(subject: MeasuredCall, dtype: np.dtype[Any]) -> str:
    """Return whether (-0)·1 is ``kept``, or ``lost`` by a sum that starts at +0."""
    result = _call(subject, np.full(IMAGE, -0.0, dtype), np.ones((1, 1), dtype))
    return "kept" if np.signbit(result.astype(np.float64)).all() else "lost"


def subnormals(subject: MeasuredCall, dtype: np.dtype[Any]) -> str:
    """Return whether a subnormal pixel times one is ``kept`` or ``flushed`` to zero."""
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


def partial_sum_overflow(subject: MeasuredCall, dtype: np.dtype[Any]) -> str:
    """Return whether the largest numbers and their negatives sum to ``zero`` or ``non-finite``."""
    img, k = np.full(IMAGE, info(dtype).max, dtype), np.zeros((3, 3), dtype)
    k[1], k[2] = 1, -1
    inner = _call(subject, img, k)[3:5, 3:5].astype(np.float64)
    return (
        "zero" if not inner.any() else "non-finite" if not np.isfinite(inner).all() else "rounded"
    )


def overflow(subject: MeasuredCall, name: str) -> str:
    """Return what nine times the largest integer does: wraps, saturates or widens.

    One answer if all paddings give the same; otherwise an answer for each padding.
    """
    words = {padding: _overflow(subject, name, padding) for padding in subject.paddings}
    if len(set(words.values())) == 1:
        return words[subject.paddings[0]]
    return ", ".join(f"{padding}: {word}" for padding, word in words.items())


def _overflow(subject: MeasuredCall, name: str, padding: str) -> str:
    dtype = dtype_by_name(name)
    top = int(np.iinfo(dtype).max)
    with np.errstate(all="ignore"):
        result = subject.require_array(np.full(IMAGE, top, dtype), np.ones((3, 3), dtype), padding)
    got = result[tuple(n // 2 for n in shape_of(result))]
    if result.dtype != dtype and float(got) == 9.0 * top:
        return f"widens to {result.dtype.name}"
    wrapped = (9 * top) % 2 ** (8 * dtype.itemsize)
    wrapped -= 2 ** (8 * dtype.itemsize) if dtype.kind == "i" and wrapped > top else 0
    words = {wrapped: "wraps", top: "saturates"}
    value = float(got)
    return words.get(int(got), f"gives {int(got)}") if np.isfinite(value) else f"gives {value}"


def conjugation(subject: MeasuredCall) -> str:
    """Return whether a complex kernel is conjugated: ``plain`` or ``conjugates``."""
    img, k = np.ones(IMAGE, np.complex64), np.zeros((3, 3), np.complex64)
    k[1, 1] = 1j
    got = complex(_call(subject, img, k)[3, 3])
    rounded = complex(round(got.real), round(got.imag))
    return {1j: "plain", -1j: "conjugates"}.get(rounded, f"gives {got}")


def boolean_sum(subject: MeasuredCall) -> str:
    """Return dtype and value of nine times True."""
    result = _call(subject, np.ones(IMAGE, np.bool_), np.ones((3, 3), np.bool_))
    return f"{result.dtype.name}: {result[3, 3]}"
