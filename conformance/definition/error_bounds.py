"""The error bounds: how far a correct result may be from the exact one; derived, never chosen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from conv2d_conformance.definition.dtypes import info, is_float

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array, Exact
    from conv2d_conformance.definition.padding import Pair

Floats = NDArray[np.float64]


def unit_roundoff(dtype: np.dtype[Any]) -> float:
    """``u``, half the distance from 1 to the next number; float64's for integers.

    Integer operands are summed exactly, or through float64 by a call that returns floats.
    """
    return float(info(dtype).eps) / 2 if is_float(dtype) else 2.0**-53


def underflow(dtype: np.dtype[Any], taps: int) -> float:
    """Return what ``taps`` products and sums may lose to underflow, flushed or gradual."""
    return (taps + 1) * float(info(dtype).smallest_normal) if is_float(dtype) else 0.0


def direct_sum_factor(taps: int) -> float:
    """Return the factor of ``u·S`` in `componentwise`: ``2(√K + 2)``."""
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


def normwise(
    img: Array,
    k: Array,
    exact: Exact,
    dtype: np.dtype[Any],
    *,
    groups: int = 1,
    extent: Pair | None = None,
) -> Floats:
    """Bound for a product of Fourier transforms, the same for every element of one output plane.

    With C channels in a group it is ``(6 log₂N + 2√C + 1)·u·Σ_c ‖x_c‖₂·‖k_c‖₂``, for an image's
    planes x_c and an output's kernels k_c; ``(6 log₂N + 3)·u·‖img‖₂·‖k‖₂`` for plane and kernel.

    Parameters
    ----------
    img : ndarray, (H, W) or (N, C, H, W)
    k : ndarray, (Kh, Kw) or (O, C/G, Kh, Kw)
    exact : Exact
        The result or a part of it that (N, O, 1, 1) broadcasts to; only its shape and K are read.
    dtype : dtype
        In which the transforms are computed.
    groups : int
    extent : (int, int) or None
        Rows and columns of the whole linear product, `padding.linear_extent`; by default those of a
        product without stride, dilation and pads, ``H + Kh - 1`` by ``W + Kw - 1``.

    Notes
    -----
    Each of three transforms of N points has the 2-norm relative error ``η·log₂N``, η ≈ 2u with
    accurate twiddles (Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., § 24.1).
    N is at most twice the rows by twice the columns of the linear product.

    One channel. What two spectra are off by reaches an element of the inverse as at most
    ``2·η·log₂N·‖x‖₂·‖k‖₂``, by Parseval and Cauchy-Schwarz. The inverse spreads its own error over
    all N elements; in the root mean square that is ``η·log₂N`` times theirs, and they are at most
    ``‖x‖₂·‖k‖₂``, again by Cauchy-Schwarz. Together that is ``6 log₂N``.

    C channels. Whether spectra are summed and transformed back once, or each product is transformed
    back and the planes are summed: the transforms are linear, so by the triangle inequality their
    errors are at most the sum of those of the channels. An element then is a sum of C products,
    each of which adds u·√2 in the spectrum, as two independent errors of u, and C - 1 sums add one
    each. By Higham and Mary as in `componentwise`, with λ = 2, the C + 1 errors that an element has
    come to ``2√(C + 1)·u``, which is less than ``(2√C + 1)·u``, of the sum of magnitudes; that
    sum is at most ``Σ_c ‖x_c‖₂·‖k_c‖₂``.

    Measured on normal numbers: honest float32 layers use less than 0.02 of it, channels in another
    order exceed it more than 1000 times. Operands lowered to TF32 exceed it 18 times with 3
    channels and 2 times with 64, but need not from 256 on: they err like √C, and the bound by C.
    """
    points = fft_points(img, k) if extent is None else 4 * math.prod(extent)
    x, y = ((a if a.ndim == 4 else a[None, None]) for a in (img, k))
    sizes = _norms(x, 1, groups), _norms(y, 0, groups)
    size = np.einsum("ngc,goc->ngo", *sizes).reshape(len(x), len(y), 1, 1)
    bound = unit_roundoff(dtype) * (fft_growth(points, y.shape[1]) * size)
    bound = bound if img.ndim == 4 else bound[0, 0]
    return np.broadcast_to(bound + underflow(dtype, exact.taps), exact.value.shape).copy()


def _norms(a: Array, axis: int, groups: int) -> Floats:
    """Return 2-norms of planes, with the channels or outputs along ``axis`` split by groups."""
    planes = a.reshape(math.prod(a.shape[:2]), *a.shape[2:]).astype(np.float64)
    norms = np.array([np.linalg.norm(plane) for plane in planes], np.float64)
    shape = list(a.shape[:2])
    shape[axis : axis + 1] = [groups, shape[axis] // groups]
    return norms.reshape(shape)


def fft_growth(points: int, channels: int = 1) -> float:
    """Return the factor of u and the norms in `normwise`."""
    return 6 * math.log2(points) + (2 * math.sqrt(channels) + 1)


def fft_points(img: Array, k: Array) -> int:
    """Most points that a transform of the whole linear product of two planes needs."""
    return math.prod(2 * (n + m - 1) for n, m in zip(img.shape[-2:], k.shape[-2:], strict=True))


def fft_bound(img: Array, k: Array, dtype: np.dtype[Any]) -> float:
    """`normwise` of two planes as one number, underflow apart."""
    return unit_roundoff(dtype) * fft_bound_factor(img, k)


def fft_bound_factor(img: Array, k: Array, channels: int = 1) -> float:
    """Return the factor of u in `fft_bound`; for one of several channels, its part of the sum."""
    size = float(np.linalg.norm(img.astype(np.float64)) * np.linalg.norm(k.astype(np.float64)))
    return fft_growth(fft_points(img, k), channels) * size


def tolerance(
    img: Array,
    k: Array,
    exact: Exact,
    *,
    direct: bool,
    integers: bool,
    groups: int = 1,
    extent: Pair | None = None,
    given: np.dtype[Any] | None = None,
) -> Floats:
    """Return how far each element of a result may be from the exact one.

    Parameters
    ----------
    img, k, exact, groups, extent
        As `normwise` has them; the operands' dtype is what is computed in.
    direct : bool
        Whether each element is its own sum; the result of Fourier transforms otherwise.
    integers : bool
        Whether the operands are integers whose sums are all exact: direct summation then has no
        error.
    given : dtype or None
        That of the result. An integer is what an FFT has rounded to, and half of one more.
    """
    if direct:
        zero = np.zeros(exact.value.shape)
        return zero if integers else componentwise(exact, img.dtype)
    rounded = integers and given is not None and given.kind in "iu"
    bound = normwise(img, k, exact, img.dtype, groups=groups, extent=extent)
    return bound + (0.5 if rounded else 0.0)
