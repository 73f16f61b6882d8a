"""The reference of a plane: every sum as float64 and its rounding error."""

from __future__ import annotations

import numpy as np

from conv2d_conformance.matrix.reproducers.templates.declared import (
    BEFORE,
    OUTSIDE,
    SIZE,
    WIDE,
    oriented,
)

# --- the script begins here


def reference(img, k):
    """Cross-correlation with the kernel as the call reads it.

    Returns the sums, what rounding left over, and S = |img| * |k|, with which errors scale.
    """
    k = oriented(k).astype(WIDE)
    edges = zip(SIZE, k.shape, img.shape, BEFORE)
    far = max(0, *BEFORE, *(n + m - 1 - h - before for n, m, h, before in edges))
    padded = np.pad(img.astype(WIDE), far, OUTSIDE)
    y, low, scale = (np.zeros(SIZE, WIDE) for _ in range(3))
    for a, b in np.ndindex(*k.shape):
        top, left = far - BEFORE[0] + a, far - BEFORE[1] + b
        with np.errstate(invalid="ignore"):  # infinity less infinity
            product = padded[top : top + SIZE[0], left : left + SIZE[1]] * k[a, b]
            total = y + product
            part = total - y
            low += (y - (total - part)) + (product - part)
        y = total
        scale += np.abs(product)
    return y, low, scale
