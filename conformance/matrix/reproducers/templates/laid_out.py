"""The memory layout of an operand that is not packed, or not writeable."""

from __future__ import annotations

import numpy as np

# --- the script begins here


def laid_out(a, strides, writeable):
    """The same numbers in the memory layout that the call was given."""
    reach = [(n - 1) * s for n, s in zip(a.shape, strides)]
    low, high = sum(r for r in reach if r < 0), sum(r for r in reach if r > 0)
    memory = np.zeros(high - low + a.itemsize, np.uint8)
    out = np.ndarray(a.shape, a.dtype, memory, -low, strides)
    out[...] = a
    out.flags.writeable = writeable
    return out
