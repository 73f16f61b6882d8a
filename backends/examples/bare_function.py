"""The least that can be tested: one function that declares nothing.

``pytest conformance --backend backends/examples/bare_function.py:conv2d``
"""

from __future__ import annotations

from typing import Any

import numpy as np


def conv2d(img: Any, k: Any, padding: str) -> Any:
    """Cross-correlation, one kernel element at a time."""
    (height, width), (rows, columns) = img.shape, k.shape
    if padding == "same":
        before, size = ((rows - 1) // 2, (columns - 1) // 2), (height, width)
    elif padding == "full":
        before, size = (rows - 1, columns - 1), (height + rows - 1, width + columns - 1)
    elif padding == "valid":
        before, size = (0, 0), (height - rows + 1, width - columns + 1)
    else:
        msg = f"padding must be 'valid', 'same' or 'full', not {padding!r}"
        raise ValueError(msg)
    padded = np.zeros((size[0] + rows - 1, size[1] + columns - 1), img.dtype)
    padded[before[0] : before[0] + height, before[1] : before[1] + width] = img
    y = np.zeros(size, img.dtype)
    for a, b in np.ndindex(rows, columns):
        y += padded[a : a + size[0], b : b + size[1]] * k[a, b]
    return y
