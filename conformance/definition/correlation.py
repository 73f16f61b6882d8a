"""The reference: cross-correlation in twice the working precision, with its error scale.

It imports only NumPy: SciPy and every framework are under test.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from conv2d_conformance.definition.arrays import Array, Floats
from conv2d_conformance.definition.padding import Options
from conv2d_conformance.definition.sums.exact_sums import Exact, is_exact_in_float64
from conv2d_conformance.definition.sums.window_sums import window_sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "BOUNDARIES",
    "ORIENTATIONS",
    "Array",
    "Boundary",
    "Exact",
    "Floats",
    "Orientation",
    "correlate",
    "correlate_cached",
    "orient",
    "shape_of",
    "source_indices",
]

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

# An array as a key: its bytes, dtype and shape.
Frozen = tuple[bytes, np.dtype[Any], tuple[int, int]]


def shape_of(a: Array) -> tuple[int, int]:
    """Shape of a 2-D array, typed as such."""
    rows, columns = a.shape
    return rows, columns


def orient(k: Array, orientation: Orientation) -> Array:
    """View ``k`` (Kh, Kw, ...) as a call of that orientation reads it.

    ``flip-rows`` reverses the order of the rows; a transposed form transposes, then flips.
    """
    flip = orientation.removeprefix("transposed-")
    if flip != orientation:
        k = k.swapaxes(0, 1)
    rows = -1 if flip in ("convolution", "flip-rows") else 1
    columns = -1 if flip in ("convolution", "flip-columns") else 1
    return k[::rows, ::columns]


def source_indices(indices: NDArray[np.intp], extent: int, boundary: Boundary) -> NDArray[np.intp]:
    """Return the pixel that each index along one axis reads; -1 for a zero of the boundary.

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
        As accurate as `exact_sums.dot`, or more: exact products of digits where few digits do.
    """
    padded = _pad(img.astype(np.float64), k.shape, before, size, boundary)
    kernel = k.astype(np.float64)
    if math.prod(size) and is_exact_in_float64(padded, kernel):
        return _summed(padded, kernel, size)
    # Else a plane is a layer of one channel.
    one = (None, None, None)
    found = window_sums(padded[one], kernel[one], (0, 0), size, Options())
    value, low, scale = (a[0, 0, 0] for a in (found.value, found.low, found.scale))
    return Exact(value, low, scale, found.taps)


def correlate_cached(
    img: Array, k: Array, before: tuple[int, int], size: tuple[int, int], boundary: Boundary
) -> Exact:
    """Do as `correlate`, once for backends that read the operands in the same way; read-only."""
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
    """Return the image, extended by its boundary as far as the kernel reaches."""
    reached = tuple(o + m - 1 for o, m in zip(size, kernel, strict=True))
    if before == (0, 0) and reached[0] <= img.shape[0] and reached[1] <= img.shape[1]:
        return img[: reached[0], : reached[1]]
    rows, columns = (
        source_indices(np.arange(o + m - 1) - lead, n, boundary)
        for o, m, lead, n in zip(size, kernel, before, img.shape, strict=True)
    )
    inside = (rows >= 0)[:, None] & (columns >= 0)
    return np.where(inside, img[np.ix_(rows, columns)], 0.0)
