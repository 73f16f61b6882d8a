"""The reference: cross-correlation in twice the working precision, with its error scale.

Imports NumPy alone: SciPy and every framework are under test.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from conv2d_conformance.definition.exact_windows import correlated

Orientation = Literal[
    "correlation",
    "convolution",
    "flip-rows",
    "flip-columns",
    "transposed-correlation",
    "transposed-convolution",
    "transposed-flip-rows",
    "transposed-flip-columns",
]
Boundary = Literal["zeros", "edge", "reflect", "mirror", "wrap"]
ORIENTATIONS: tuple[Orientation, ...] = get_args(Orientation)
BOUNDARIES: tuple[Boundary, ...] = get_args(Boundary)

Array = NDArray[Any]
Floats = NDArray[np.float64]
# A factor and its two halves, as `split` gives them.
Parts = Sequence[Floats]
# An array as a key: its bytes, dtype and shape.
Frozen = tuple[bytes, np.dtype[Any], tuple[int, int]]


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
        """Absolute error of ``result`` (Oh, Ow), exact even for a float64 or an int64."""
        high = result.astype(np.float64)
        # What float64 does not hold of an integer past 2**53.
        rest = result - high.astype(result.dtype) if result.dtype.kind == "i" else 0
        return np.abs((high - self.value) + (rest - self.low))


def shape_of(a: Array) -> tuple[int, int]:
    """Shape of a 2-D array, typed as such."""
    rows, columns = a.shape
    return rows, columns


def orient(k: Array, orientation: Orientation) -> Array:
    """``k`` (Kh, Kw, ...) as a call of that orientation reads it; a view.

    ``flip-rows`` reverses the order of the rows; a transposed form transposes, then flips.
    """
    flip = orientation.removeprefix("transposed-")
    if flip != orientation:
        k = k.swapaxes(0, 1)
    rows = -1 if flip in ("convolution", "flip-rows") else 1
    columns = -1 if flip in ("convolution", "flip-columns") else 1
    return k[::rows, ::columns]


def source_indices(indices: NDArray[np.intp], extent: int, boundary: Boundary) -> NDArray[np.intp]:
    """Pixel that each index along one axis stands for; -1 where the boundary holds zeros.

    ``reflect`` repeats the edge pixel (d c b a | a b c d | d c b a), ``mirror`` does not
    (d c b | a b c d | c b a): the words of ``scipy.ndimage``. ``numpy.pad`` calls the first
    "symmetric" and the second "reflect".
    """
    if boundary == "zeros":
        return np.where((indices < 0) | (indices >= extent), -1, indices)
    if boundary == "edge":
        return np.clip(indices, 0, extent - 1)
    if boundary == "wrap":
        return indices % extent
    period = 2 * extent if boundary == "reflect" else max(2 * extent - 2, 1)
    folded = indices % period
    return np.where(folded < extent, folded, period - folded - (boundary == "reflect"))


def correlate(
    img: Array,
    k: Array,
    *,
    before: tuple[int, int] = (0, 0),
    size: tuple[int, int],
    boundary: Boundary = "zeros",
) -> Exact:
    """Correlate: ``y[i, j] = Σ img[i - before[0] + a, j - before[1] + b] · k[a, b]``.

    Parameters
    ----------
    img : ndarray, (H, W)
    k : ndarray, (Kh, Kw)
        As the definition reads it; see `orient`. Any real dtype whose values float64 holds.
    before : (int, int)
        Rows and columns of padding before the image.
    size : (int, int)
        Shape of the result, (Oh, Ow).
    boundary : str
        What lies outside the image.

    Returns
    -------
    Exact
        As accurate as `dot`, or more: exact products of digits where few digits do.
    """
    padded = _pad(img.astype(np.float64), k.shape, before, size, boundary)
    kernel = k.astype(np.float64)
    if math.prod(size) and is_exact_in_float64(padded, kernel):
        return _summed(padded, kernel, size)
    found = correlated(padded[None, None, None], kernel[None, None, None], size)
    if found is None:
        return tap_by_tap(padded, kernel, size)
    value, low, scale = (a[0, 0, 0] for a in found)
    return Exact(value, low, scale, kernel.size)


def tap_by_tap(padded: Floats, kernel: Floats, size: tuple[int, int]) -> Exact:
    """The definition as it is written, for any numbers; what the faster sums are checked with."""
    pixels, taps = split(padded), split(kernel)
    windows = (
        (tuple(slice(a, a + o) for a, o in zip(tap, size, strict=True)), tap)
        for tap in np.ndindex(*kernel.shape)
    )
    pairs = (([x[window] for x in pixels], [y[tap] for y in taps]) for window, tap in windows)
    return dot(pairs, size, kernel.size)


def correlate_cached(
    img: Array, k: Array, before: tuple[int, int], size: tuple[int, int], boundary: Boundary
) -> Exact:
    """As `correlate`, computed once for backends that read the same numbers alike; read-only."""
    if math.prod(size) > CACHE_SIZE:
        return correlate(img, k, before=before, size=size, boundary=boundary)
    frozen = ((a.tobytes(), a.dtype, shape_of(a)) for a in (img, k))
    return _of_bytes(*frozen, before, size, boundary)


CACHE_SIZE = 2**12


@lru_cache(maxsize=2**10)
def _of_bytes(
    img: Frozen, k: Frozen, before: tuple[int, int], size: tuple[int, int], boundary: Boundary
) -> Exact:
    arrays = (np.frombuffer(bits, dtype).reshape(shape) for bits, dtype, shape in (img, k))
    exact = correlate(*arrays, before=before, size=size, boundary=boundary)
    for array in (exact.value, exact.low, exact.scale):
        array.flags.writeable = False
    return exact


def is_exact_in_float64(img: Floats, k: Floats) -> bool:
    """Whether both hold integers so small that float64 sums them exactly, in any order."""
    # The kernel is the smaller one: real numbers are told by it.
    if not all((np.rint(a) == a).all() for a in (k, img)):
        return False
    return bool(np.abs(img).max(initial=0.0) * np.abs(k).sum() <= 2.0**53)


def _summed(padded: Floats, kernel: Floats, size: tuple[int, int]) -> Exact:
    def sums(padded: Floats, kernel: Floats) -> Floats:
        windows = sliding_window_view(padded, kernel.shape)
        return np.asarray(np.einsum("ijab,ab->ij", windows, kernel))

    scale = sums(np.abs(padded), np.abs(kernel))
    return Exact(sums(padded, kernel), np.zeros(size), scale, kernel.size)


def _pad(
    img: Floats,
    kernel: tuple[int, ...],
    before: tuple[int, int],
    size: tuple[int, int],
    boundary: Boundary,
) -> Floats:
    """The image as far as the kernel reaches from any output pixel, boundary filled in."""
    reached = tuple(o + m - 1 for o, m in zip(size, kernel, strict=True))
    if before == (0, 0) and reached[0] <= img.shape[0] and reached[1] <= img.shape[1]:
        return img[: reached[0], : reached[1]]
    rows, columns = (
        source_indices(np.arange(o + m - 1) - lead, n, boundary)
        for o, m, lead, n in zip(size, kernel, before, img.shape, strict=True)
    )
    inside = (rows >= 0)[:, None] & (columns >= 0)
    return np.where(inside, img[np.ix_(rows, columns)], 0.0)


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
        high, lost = _two_sum(high, product)
        low += lost + _product_error(x, y, product)
        scale += np.abs(product)
    value = high + low
    return Exact(value, (high - value) + low, scale, taps)


def split(x: Floats) -> Parts:
    """``x``, and its two halves of 26 bits (Veltkamp), so that products of halves are exact."""
    big = x * 134217729.0  # 2**27 + 1
    high = big - (big - x)
    return x, high, x - high


def _two_sum(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """``a + b`` as rounded, and exactly what rounding lost (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def _product_error(x: Parts, y: Parts, product: Floats) -> Floats:
    """Exactly what rounding ``x * y`` to ``product`` lost (Dekker)."""
    (_, x_high, x_low), (_, y_high, y_low) = x, y
    return x_low * y_low - (((product - x_high * y_high) - x_low * y_high) - x_high * y_low)
