"""Measures whether a call sums directly: sums of integers are exact under kernels of every size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.cases import random_data
from conv2d_conformance.definition.conventions import output_size
from conv2d_conformance.definition.correlation import correlate, orient, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.definition.conventions import Conventions
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.definition.shapes import Shape

    Call = Callable[[Array, Array, str], Array]

# Libraries choose by size: Winograd's algorithm is for 3×3, an FFT for kernels above some extent.
SIZES: tuple[tuple[Shape, Shape], ...] = (
    ((24, 25), (3, 3)),
    ((24, 25), (5, 5)),
    ((24, 25), (11, 11)),
    ((40, 41), (15, 16)),
)


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
