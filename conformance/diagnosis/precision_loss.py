"""Finds the precision of a result whose error is larger than its dtype allows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.diagnosis.search import confirm

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array, Floats
    from conv2d_conformance.diagnosis.problem import Problem
    from conv2d_conformance.diagnosis.search import Explanation

SINGLE = 2.0**-24
# Significant bits that a format keeps of an operand; what holds in fewer holds in more.
BITS = {"bfloat16": 8, "TF32 or float16": 11}


def describe_precision(problem: Problem, found: Explanation) -> str | None:
    """Return what the error shows of the precision; None if it is that of the arrays' dtypes."""
    if found.fit.roundoff <= problem.roundoff:
        return None
    if found.fit.roundoff <= SINGLE:
        return "computed in float32"
    for name, bits in BITS.items():
        rounded = replace(
            problem, img=round_to_bits(problem.img, bits), k=round_to_bits(problem.k, bits)
        )
        again = confirm(rounded, found.hypothesis)
        if again is not None and again.fit.roundoff <= SINGLE:
            return f"operands rounded to {name}"
    for name, bits in BITS.items():
        if np.array_equal(round_to_bits(problem.result, bits), problem.result, equal_nan=True):
            return f"result rounded to {name}"
    format_of = "TF32 or float16" if found.fit.roundoff <= 2.0**-11 else "bfloat16"
    return f"about as precise as {format_of}"


def round_to_bits(a: Array, bits: int) -> Floats:
    """``a`` rounded to nearest, ties to even, to so many significant bits; float64."""
    fraction, exponent = np.frexp(a.astype(np.float64))
    return np.asarray(np.ldexp(np.rint(fraction * 2.0**bits), exponent - bits))
