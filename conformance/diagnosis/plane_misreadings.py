"""What a wrong result equals instead: the reference under another reading of the operands."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition import error_bounds
from conv2d_conformance.definition.correlation import (
    BOUNDARIES,
    ORIENTATIONS,
    Exact,
    correlate,
    orient,
    shape_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.correlation import Array, Boundary, Orientation
    from conv2d_conformance.under_test.backend import BackendUnderTest

# float32 results of these operand precisions are told apart by the size of their error.
LOWERED = {"TF32- or float16-like": 2.0**-11, "bfloat16-like": 2.0**-8}


def explain_plane(
    subject: BackendUnderTest, img: Array, k: Array, padding: str, result: Array
) -> str:
    """One sentence: the first reading of the operands that explains the result, or none."""
    usual = subject.exact(img, k, padding)
    if _explains(subject, img, k, usual, result):
        return "The error is that of rounded sums, as of an FFT or a fast algorithm."
    for words, exact in _readings(subject, img, k, padding, result.shape):
        # Where all values are near zero every reading is close: it must be far closer than ours.
        closer = 10 * exact.error_of(result).max() < usual.error_of(result).max()
        if closer and _explains(subject, img, k, exact, result):
            return f"It equals the reference {words}."
    return _precision(subject, img, k, padding, result)


def _explains(subject: BackendUnderTest, img: Array, k: Array, exact: Exact, result: Array) -> bool:
    bound = error_bounds.componentwise(exact, img.dtype)
    if not subject.sums_directly:
        bound = np.maximum(bound, error_bounds.normwise(img, k, exact, img.dtype))
    return bool((exact.error_of(result) <= bound).all())


def _readings(
    subject: BackendUnderTest, img: Array, k: Array, padding: str, size: tuple[int, ...]
) -> Iterator[tuple[str, Exact]]:
    found = subject.conventions
    usual: Orientation = found.orientation or "correlation"
    rows, columns = size

    def read(name: Orientation, shift: tuple[int, int], boundary: Boundary) -> Exact:
        kernel = orient(k, name)
        before = found.before(padding, shape_of(kernel))
        moved = (before[0] + shift[0], before[1] + shift[1])
        return correlate(img, kernel, before=moved, size=(rows, columns), boundary=boundary)

    boundary = found.boundary or "zeros"
    for name in (o for o in ORIENTATIONS if o != usual):
        yield f"read as {name}, not {usual}", read(name, (0, 0), boundary)
    for down, right in (s for s in product((0, 1, -1), repeat=2) if any(s)):
        yield f"shifted by ({down}, {right})", read(usual, (down, right), boundary)
    for other in (b for b in BOUNDARIES if b != boundary):
        yield f"with the boundary {other}, not {boundary}", read(usual, (0, 0), other)


def _precision(subject: BackendUnderTest, img: Array, k: Array, padding: str, result: Array) -> str:
    exact = subject.exact(img, k, padding)
    if not np.isfinite(result.astype(np.float64)).all():
        return "It holds NaN or infinity."
    if not result.any():
        return "It is all zeros."
    scaled = float(np.max(exact.error_of(result) / np.where(exact.scale, exact.scale, np.inf)))
    for words, roundoff in LOWERED.items():
        if img.dtype == np.float32 and roundoff / 8 <= scaled <= 2 * roundoff:
            return f"The error is {words}: {scaled:.2g} of |img| ⋆ |k|."
    return (
        f"No other orientation, shift or boundary explains it; error {scaled:.2g} of |img| ⋆ |k|."
    )
