"""A plane's correlation tap by tap: what the reference's faster sums are checked with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition.sums.exact_sums import dot, split

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Exact, Floats


def plane_tap_by_tap(padded: Floats, kernel: Floats, size: tuple[int, int]) -> Exact:
    """The definition as it is written, in twice the working precision, for any numbers."""
    pixels, taps = split(padded), split(kernel)
    windows = (
        (tuple(slice(a, a + o) for a, o in zip(tap, size, strict=True)), tap)
        for tap in np.ndindex(*kernel.shape)
    )
    pairs = (([x[window] for x in pixels], [y[tap] for y in taps]) for window, tap in windows)
    return dot(pairs, size, kernel.size)
