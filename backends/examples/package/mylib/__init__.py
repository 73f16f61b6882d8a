"""A library with a convolution of its own."""

from __future__ import annotations

from typing import Any

import numpy as np


def conv2d(img: Any, k: Any) -> Any:
    """The full convolution of two planes of floating-point numbers."""
    if img.ndim != 2 or k.ndim != 2 or not img.size or not k.size:
        msg = f"two planes are needed, not {img.shape} and {k.shape}"
        raise ValueError(msg)
    if img.dtype != k.dtype:
        msg = f"one dtype is needed, not {img.dtype} and {k.dtype}"
        raise TypeError(msg)
    (height, width), (rows, columns) = img.shape, k.shape
    y = np.zeros((height + rows - 1, width + columns - 1), img.dtype)
    for a, b in np.ndindex(rows, columns):
        y[a : a + height, b : b + width] += img * k[a, b]
    return y
