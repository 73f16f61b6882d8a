"""Dtypes by name; treats the floating-point types of NumPy and ml_dtypes in the same way."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np

FLOATS = ("float16", "bfloat16", "float32", "float64")
INTEGERS = ("uint8", "int8", "int16", "int32", "int64")
DTYPES = FLOATS + INTEGERS


def dtype_by_name(name: str) -> np.dtype[Any]:
    """Return the dtype of that name, including ``bfloat16``."""
    return np.dtype(ml_dtypes.bfloat16) if name == "bfloat16" else np.dtype(name)


def is_float(dtype: np.dtype[Any]) -> bool:
    """Return whether the dtype is a floating-point type."""
    return dtype.name in FLOATS


def holds_numbers(dtype: np.dtype[Any]) -> bool:
    """Return whether the dtype is one of numbers, and not of text, dates or objects."""
    return dtype.kind in "biufc" or dtype.name == "bfloat16"


def info(dtype: np.dtype[Any]) -> Any:
    """Machine limits of a floating-point dtype: ``eps``, ``smallest_normal``, ``nmant``."""
    return ml_dtypes.finfo(dtype)


def largest_exact(dtype: np.dtype[Any]) -> int:
    """Largest n such that every integer up to n is exact: 256 for bfloat16, 2048 for float16."""
    if is_float(dtype):
        return int(2 ** (info(dtype).nmant + 1))
    return int(np.iinfo(dtype).max)
