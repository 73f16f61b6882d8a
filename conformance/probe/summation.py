"""Measures whether a call sums directly: where it does, sums of integers come out exact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.cases import random_data
from conv2d_conformance.definition.conventions import output_size
from conv2d_conformance.definition.correlation import correlate, orient, shape_of
from conv2d_conformance.definition.dtypes import FLOATS, info
from conv2d_conformance.definition.error_bounds import componentwise

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.definition.conventions import Conventions
    from conv2d_conformance.definition.correlation import Array, Exact
    from conv2d_conformance.definition.shapes import Shape

    Call = Callable[[Array, Array, str], Array]
    Compute = Callable[[Array, Array], tuple[Array, Exact]]

# Libraries choose by size: Winograd's algorithm is for 3×3, an FFT for kernels above some extent.
SIZES: tuple[tuple[Shape, Shape], ...] = (
    ((24, 25), (3, 3)),
    ((24, 25), (5, 5)),
    ((24, 25), (11, 11)),
    ((40, 41), (15, 16)),
)


# Far above the other numbers: what an algorithm mixes among outputs or taps then shows where it is
# not read, though it computes in float64 and rounds to float32.
BRIGHT = 2.0**100


def directly(compute: Compute, img: Array, k: Array) -> bool:
    """Return whether a call sums directly on such operands, which hold small integers.

    Sums of integers are exact; and a pixel or a tap far above the others leaves those outputs alone
    that do not read it. ``compute`` returns a result and the exact one.
    """
    result, exact = compute(img.copy(), k.copy())
    if (exact.error_of(result) > 0).any():
        return False
    if img.dtype.name not in FLOATS or float(info(img.dtype).max) < BRIGHT * 2**20:
        return True
    (lit, tap), point = (a.copy() for a in (img, k)), np.zeros_like(img)
    middle = ..., img.shape[-2] // 2, img.shape[-1] // 2
    lit[middle], tap[..., 0, 0], point[middle] = BRIGHT, BRIGHT, 1
    for operands in ((lit, k.copy()), (point, tap)):
        result, exact = compute(*operands)
        if not (exact.error_of(result) <= componentwise(exact, img.dtype)).all():
            return False
    return True


def exactly(
    call: Call, conventions: Conventions, padding: str, dtype: np.dtype[Any]
) -> bool | None:
    """Return whether the result is exact for every size; None if the call takes no size."""
    answers = [_exact(call, conventions, padding, dtype, *size) for size in SIZES]
    known = [answer for answer in answers if answer is not None]
    return all(known) if known else None


def _exact(
    call: Call,
    conventions: Conventions,
    padding: str,
    dtype: np.dtype[Any],
    image: Shape,
    kernel: Shape,
) -> bool | None:
    img, k = random_data.make("integers", np.random.default_rng(3), image, kernel, dtype)
    reads = orient(k, conventions.orientation or "correlation")
    size = output_size(padding, image, shape_of(reads))
    try:
        result: object = call(img, k, padding)
    except Exception:  # noqa: BLE001  (what a call refuses is not summed at all)
        return None
    if not isinstance(result, np.ndarray) or result.shape != size:
        return None
    before = conventions.before(padding, shape_of(reads))
    boundary = conventions.boundary or "zeros"
    exact = correlate(img, reads, before=before, size=size, boundary=boundary)
    return bool((exact.error_of(result) == 0).all())
