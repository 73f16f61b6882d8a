"""The sum of the definition, term by term, in fractions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np


def sum_fractions(img: Any, k: Any, before: tuple[int, int], size: tuple[int, int]) -> Any:
    """The sum of the definition, in fractions: the result and its scale."""

    def pixel(i: int, j: int) -> tuple[Fraction, Fraction]:
        terms = [
            Fraction(float(img[y, x])) * Fraction(float(k[a, b]))
            for a, b in np.ndindex(*k.shape)
            if 0 <= (y := i - before[0] + a) < img.shape[0]
            and 0 <= (x := j - before[1] + b) < img.shape[1]
        ]
        return sum(terms, Fraction(0)), sum(map(abs, terms), Fraction(0))

    return {(i, j): pixel(i, j) for i, j in np.ndindex(*size)}
