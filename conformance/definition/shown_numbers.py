"""Writes two numbers with the digits that tell them apart."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

FEWEST, MOST = 9, 17


def tell_apart(expected: float, got: Any, rest: float = 0.0) -> tuple[str, str]:
    """Write an exact value and the one that came, with as few digits as tell them apart.

    Parameters
    ----------
    expected, rest : float
        The exact value is their sum, as `exact_sums.Exact` has it.
    got : number
        Of NumPy or Python.
    """
    shown = complex(got) if np.iscomplexobj(got) else float(got)
    for digits in range(FEWEST, MOST + 1):
        pair = f"{expected:.{digits}g}", f"{shown:.{digits}g}"
        if pair[0] != pair[1]:
            return pair
    if getattr(got, "dtype", None) is not None and got.dtype.kind in "iu":
        return str(round(Fraction(float(expected)) + Fraction(float(rest)))), str(int(got))
    return pair
