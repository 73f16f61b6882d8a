"""Sums of products in twice the working precision, and the scale of their errors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from conv2d_conformance.definition.arrays import Array, Floats

# A factor and its two halves, as `split` gives them.
Parts = Sequence[Floats]


@dataclass(frozen=True)
class Exact:
    """The correlation as the unevaluated sum ``value + low``, and what its error scales with.

    Parameters
    ----------
    value, low : ndarray of float64, (Oh, Ow) or (N, O, Oh, Ow)
        The result rounded to float64, and what that rounding left over.
    scale : ndarray of float64, of the same shape
        ``S = |img| ⋆ |k|``.
    taps : int
        ``K``, products summed per element.
    """

    value: Floats
    low: Floats
    scale: Floats
    taps: int

    def error_of(self, result: Array) -> Floats:
        """Absolute error of ``result`` (Oh, Ow), exact even for a float64 or an int64.

        Of a complex result all of the imaginary part is error.
        """
        if result.dtype.kind == "c":
            return np.hypot(self.error_of(result.real), result.imag.astype(np.float64))
        high = result.astype(np.float64)
        # What float64 does not hold of an integer past 2**53.
        rest = result - high.astype(result.dtype) if result.dtype.kind == "i" else 0
        return np.abs((high - self.value) + (rest - self.low))


def is_exact_in_float64(img: Floats, k: Floats) -> bool:
    """Return whether both hold integers so small that float64 sums them exactly, in any order."""
    # The kernel is the smaller array: it shows real numbers sooner.
    if not all((np.rint(a) == a).all() for a in (k, img)):
        return False
    return bool(np.abs(img).max(initial=0.0) * np.abs(k).sum() <= 2.0**53)


def dot(pairs: Iterable[tuple[Parts, Parts]], size: tuple[int, ...], taps: int) -> Exact:
    """Sum of the products of pairs, every element at once.

    Parameters
    ----------
    pairs : iterable of (sequence of ndarray, sequence of ndarray)
        Per tap, both factors as `split` gives them; their product has, or broadcasts to, ``size``.
    size : tuple of int
        Shape of the result.
    taps : int
        Pairs, or fewer where some are zero by construction.

    Returns
    -------
    Exact
        Accurate to about 2⁻¹⁰⁶·K·S: Dot2 of Ogita, Rump and Oishi, "Accurate sum and dot
        product", SIAM J. Sci. Comput. 26 (2005).
    """
    high, low, scale = np.zeros(size), np.zeros(size), np.zeros(size)
    for x, y in pairs:
        product = x[0] * y[0]
        high, lost = two_sum(high, product)
        low += lost + _product_error(x, y, product)
        scale += np.abs(product)
    value = high + low
    return Exact(value, (high - value) + low, scale, taps)


def split(x: Floats) -> Parts:
    """``x``, and its two halves of 26 bits (Veltkamp), so that products of halves are exact."""
    big = x * 134217729.0  # 2**27 + 1
    high = big - (big - x)
    return x, high, x - high


def two_sum(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """``a + b`` as rounded, and exactly what rounding lost (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def _product_error(x: Parts, y: Parts, product: Floats) -> Floats:
    """Exactly what rounding ``x * y`` to ``product`` lost (Dekker)."""
    (_, x_high, x_low), (_, y_high, y_low) = x, y
    return x_low * y_low - (((product - x_high * y_high) - x_low * y_high) - x_high * y_low)
