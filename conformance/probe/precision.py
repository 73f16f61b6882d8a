"""Measures precision: the bits of operands and partial sums that a call keeps, and its grade."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from conv2d_conformance.cases import random_data
from conv2d_conformance.cases.case import Case
from conv2d_conformance.definition import error_bounds
from conv2d_conformance.definition.dtypes import FLOATS, dtype_by_name, info
from conv2d_conformance.probe.measured_call import call_and_reference, describe_failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conv2d_conformance.definition.correlation import Array, Exact
    from conv2d_conformance.definition.shapes import Shape
    from conv2d_conformance.probe.measured_call import MeasuredCall

    Grade = Literal["componentwise", "norm-wise", "lowered"]
    Family = Literal["direct", "tiled", "fft-like"]
    # Operands, result and exact result.
    Product = tuple[tuple[Array, Array], Array, Exact]

# Significand bits of the formats to which hardware lowers operands.
FORMATS = {53: "float64", 24: "float32", 11: "tf32", 8: "bfloat16"}
# Of the formats in use, float8_e5m2 keeps the fewest.
FEWEST_BITS = 3
SIZES = ((3, 3), (1, 1), (2, 2), (5, 5), (7, 7))
# Rows and columns beyond the kernel's reach that a tile of Winograd's algorithm may touch.
TILE = 8


def measure(subject: MeasuredCall) -> dict[str, dict[str, Any]]:
    """Return ``operand_bits``, ``accumulator_bits``, ``class``, ``grade`` and ``family`` by dtype.

    ``accumulator_bits`` is null if no partial sum lost a bit. A call that fails has a ``reason``
    instead.
    """
    return {d: _dtype_precision(subject, dtype_by_name(d)) for d in FLOATS if d in subject.dtypes}


def _dtype_precision(subject: MeasuredCall, dtype: np.dtype[Any]) -> dict[str, Any]:
    try:
        return _measure_dtype(subject, dtype)
    except Exception as error:  # noqa: BLE001  (whatever a call does, a run goes on)
        return {"reason": f"not measured: {describe_failure(error)}"}


def _measure_dtype(subject: MeasuredCall, dtype: np.dtype[Any]) -> dict[str, Any]:
    bits = operand_bits(subject, dtype)
    return {
        "operand_bits": bits,
        "accumulator_bits": accumulator_bits(subject, dtype),
        "class": class_of(subject, dtype, bits),
        "grade": grade(subject, dtype),
        "family": family(subject, dtype),
    }


def _call_and_reference(subject: MeasuredCall, img: Array, k: Array) -> tuple[Array, Exact]:
    return call_and_reference(subject, img, k, subject.paddings[0])


def significand(dtype: np.dtype[Any]) -> int:
    """Return the bits of a dtype's significand, including the implied one."""
    return int(info(dtype).nmant) + 1


def operand_bits(subject: MeasuredCall, dtype: np.dtype[Any]) -> int:
    """Measure the significand bits that image and kernel keep, by products with a power of two.

    The last bit of every operand is one, so an operand rounded to b bits is off by up to 2⁻ᵇ. Each
    kernel size and padding may take its own path through a library: the fewest bits count. A
    compiled call that keeps all of them for each size, and for each padding, is asked no more.
    """
    if subject.spec.compiles:
        covering = _covering(subject.paddings, dtype)
        bits = _fewest_bits(dtype, _products(subject, dtype, covering))
        if bits == significand(dtype):
            return bits
    return _fewest_bits(dtype, _products(subject, dtype, list(product(subject.paddings, SIZES))))


def bits_kept_by_norms(subject: MeasuredCall, dtype: np.dtype[Any]) -> int | None:
    """Measure as `operand_bits`, but grant an FFT its norm-wise bound.

    All bits are kept where no product exceeds the bound. None if some are lost within it, and it
    is wider than what rounding to the next shorter format changes, as for short dtypes.
    """
    every = list(product(subject.paddings, SIZES))
    sizes = _covering(subject.paddings, dtype) if subject.spec.compiles else every
    found = list(_products(subject, dtype, sizes))
    bits = _fewest_bits(dtype, found)
    within = all(
        (exact.error_of(result) <= error_bounds.normwise(*operands, exact, dtype)).all()
        for operands, result, exact in found
    )
    if bits == significand(dtype) or not within:
        return bits
    return None if _bound_hides_a_loss(dtype) else significand(dtype)


def _bound_hides_a_loss(dtype: np.dtype[Any]) -> bool:
    """Return whether rounding to the next shorter format changes less than twice the bound."""
    kept = max((bits for bits in FORMATS if bits < significand(dtype)), default=FEWEST_BITS)
    full, one = _full(dtype), np.zeros(SIZES[-1])
    one[0, 0] = 1
    return 2.0**-kept < 2 * error_bounds.fft_bound(full, one, dtype)


def _covering(paddings: Sequence[str], dtype: np.dtype[Any]) -> list[tuple[str, Shape]]:
    """Return each size with one padding, which is another one for the next dtype."""
    first = FLOATS.index(dtype.name)
    return [(paddings[(first + i) % len(paddings)], size) for i, size in enumerate(SIZES)]


def _fewest_bits(dtype: np.dtype[Any], products: Iterable[Product]) -> int:
    p, errors = significand(dtype), [0.0]
    for _, result, exact in products:
        there = exact.scale > 0
        errors.append(float(np.max(exact.error_of(result)[there] / exact.scale[there])))
    worst = max(errors)
    return p if worst == 0 else min(p, round(-math.log2(worst)) if math.isfinite(worst) else 0)


def _full(dtype: np.dtype[Any]) -> Array:
    """Numbers from 1 to 2 whose last bit is one."""
    p, rng = significand(dtype), np.random.default_rng(1)
    return (2 * rng.integers(2 ** (p - 2), 2 ** (p - 1), (12, 13)) + 1) / 2.0 ** (p - 1)


def _products(
    subject: MeasuredCall, dtype: np.dtype[Any], sizes: list[tuple[str, Shape]]
) -> Iterator[Product]:
    """Yield operands of which one is a single one, the result, and the exact one."""
    full = _full(dtype)
    for padding, (rows, columns) in sizes:
        if subject.lacks(Case((12, 13), (rows, columns), padding, dtype.name)):
            continue
        one, delta = np.zeros((rows, columns)), np.zeros((12, 13))
        one[0, 0] = delta[6, 6] = 1
        for img, k in ((full, one), (delta, full[:rows, :columns])):
            operands = img.astype(dtype), k.astype(dtype)
            yield operands, *call_and_reference(subject, *operands, padding)


def accumulator_bits(subject: MeasuredCall, dtype: np.dtype[Any]) -> int | None:
    """Measure the bits that partial sums keep, by large sums of small integers that cancel.

    The operands fit in 8 bits and the sums need 13 to 21. A result that equals the exact one,
    rounded once, has lost nothing.
    """
    top = 255 if significand(dtype) > 11 else 15
    rng = np.random.default_rng(2)
    img, k = rng.integers(1, top + 1, (20, 21)), rng.integers(1, top + 1, (15, 15))
    k[7:] = -k[7:]
    result, exact = _call_and_reference(subject, img.astype(dtype), k.astype(dtype))
    error = exact.error_of(result)
    if (error <= error_bounds.unit_roundoff(dtype) * np.abs(exact.value)).all():
        return None
    worst = float(np.max(error / exact.scale))
    return max(0, math.floor(-math.log2(worst))) if math.isfinite(worst) else 0


def class_of(subject: MeasuredCall, dtype: np.dtype[Any], bits: int) -> str:
    """Return the format whose precision the operands keep; an FFT keeps its dtype's."""
    if not subject.sums_directly_in(dtype.name):
        kept = bits_kept_by_norms(subject, dtype)
        if kept == significand(dtype) or (kept is None and grade(subject, dtype) != "lowered"):
            return dtype.name
    if bits >= significand(dtype):
        return dtype.name
    word = FORMATS.get(bits)
    if word == "tf32" and not _keeps_range(subject, dtype):
        return "float16"
    return word or (f"{bits} bits" if bits >= FEWEST_BITS else "none: values are wrong")


def _keeps_range(subject: MeasuredCall, dtype: np.dtype[Any]) -> bool:
    """Return whether a number beyond float16's largest survives."""
    img, k = np.full((5, 6), 2.0**20).astype(dtype), np.zeros((3, 3), dtype)
    k[1, 1] = 1
    return bool(np.isfinite(_call_and_reference(subject, img, k)[0].astype(np.float64)).all())


def grade(subject: MeasuredCall, dtype: np.dtype[Any]) -> Grade:
    """Grade componentwise (A), norm-wise (B) or lowered (C), on normal and on wide-ranging data.

    The grades of Demmel et al., "How to grade the accuracy of an implementation of the BLAS".
    """
    worst: Grade = "componentwise"
    # An odd and square kernel for a call that refuses others.
    refused = subject.lacks(Case((24, 25), (5, 6), subject.paddings[0], dtype.name))
    kernel = (5, 5) if refused else (5, 6)
    for kind in ("normal", "wide"):
        rng = np.random.default_rng(3)
        img, k = random_data.make(kind, rng, (24, 25), kernel, dtype)
        result, exact = _call_and_reference(subject, img, k)
        error = exact.error_of(result)
        if not (error <= error_bounds.normwise(img, k, exact, dtype)).all():
            return "lowered"
        if not (error <= error_bounds.componentwise(exact, dtype)).all():
            worst = "norm-wise"
    return worst


def family(subject: MeasuredCall, dtype: np.dtype[Any]) -> Family:
    """Return how far one bright pixel causes errors: nowhere, a tile (Winograd), or everywhere."""
    img = np.zeros((64, 65), dtype)
    img[30, 30] = 1.7
    k = np.random.default_rng(4).standard_normal((3, 3)).astype(dtype)
    result, exact = _call_and_reference(subject, img, k)
    touched, reached = (np.argwhere(there) for there in (exact.scale > 0, result != 0))
    beyond = max(
        int(np.max(touched.min(0) - reached.min(0), initial=0)),
        int(np.max(reached.max(0) - touched.max(0), initial=0)),
    )
    if not beyond:
        return "direct"
    return "fft-like" if beyond > TILE else "tiled"
