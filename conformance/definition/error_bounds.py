"""How far an honest result may lie from the reference: derived, never chosen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from conv2d_conformance.definition.dtypes import info, is_float

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Exact

Floats = NDArray[np.float64]


def unit_roundoff(dtype: np.dtype[Any]) -> float:
    """``u``, half the distance from 1 to the next number; float64's for integers.

    Integer operands are summed exactly, or through float64 by a call that returns floats.
    """
    return float(info(dtype).eps) / 2 if is_float(dtype) else 2.0**-53


def underflow(dtype: np.dtype[Any], taps: int) -> float:
    """What ``taps`` products and sums may lose to underflow, flushed or gradual."""
    return (taps + 1) * float(info(dtype).smallest_normal) if is_float(dtype) else 0.0


def direct_sum_factor(taps: int) -> float:
    """What `componentwise` multiplies ``u·S`` with: ``2(√K + 2)``."""
    return 2 * (math.sqrt(taps) + 2)


def componentwise(exact: Exact, dtype: np.dtype[Any]) -> Floats:
    """Bound for direct summation in any order, per element: ``2(√K + 2)·u·S``.

    Notes
    -----
    Rounding errors of K products and K - 1 sums are, to first order, a sum of at most K + 1
    independent terms of size u·S each. Higham and Mary, "A new approach to probabilistic rounding
    error analysis", SIAM J. Sci. Comput. 41 (2019), bound it by ``λ√K·u·S`` with high probability,
    where the linear bound ``K·u·S`` would hide TF32 from K ≈ 576. λ = 2, and + 2 covers the
    rounding of the product and of the result where K is small.
    """
    return direct_sum_factor(exact.taps) * unit_roundoff(dtype) * exact.scale + underflow(
        dtype, exact.taps
    )


def normwise(img: NDArray[Any], k: NDArray[Any], exact: Exact, dtype: np.dtype[Any]) -> Floats:
    """Bound for a product of Fourier transforms: ``(6 log₂N + 3)·u·‖img‖₂·‖k‖₂`` everywhere.

    Notes
    -----
    Each of three transforms of N points has the 2-norm relative error ``η·log₂N``, η ≈ 2u with
    accurate twiddles (Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., § 24.1);
    the product of spectra adds u·√2 per element. By Parseval and Cauchy-Schwarz the largest
    element of the inverse is at most ``‖img‖₂·‖k‖₂``. N, the padded size, is at most twice
    ``H + Kh - 1`` by twice ``W + Kw - 1``.
    """
    return np.full(exact.value.shape, fft_bound(img, k, dtype) + underflow(dtype, exact.taps))


def fft_bound(img: NDArray[Any], k: NDArray[Any], dtype: np.dtype[Any]) -> float:
    """`normwise` as one number, underflow apart."""
    return unit_roundoff(dtype) * fft_bound_factor(img, k)


def fft_bound_factor(img: NDArray[Any], k: NDArray[Any]) -> float:
    """What `fft_bound` multiplies u with."""
    points = math.prod(2 * (n + m - 1) for n, m in zip(img.shape, k.shape, strict=True))
    size = float(np.linalg.norm(img.astype(np.float64)) * np.linalg.norm(k.astype(np.float64)))
    return (6 * math.log2(points) + 3) * size
