"""Slips of arithmetic: the right pixels and taps, the wrong numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.mutants import direct

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

    from conv2d_conformance.definition.correlation import Array
    from tests.mutants.direct import Conv2d


def tf32(a: Array) -> Array:
    """float32 with the mantissa rounded to 10 bits; other dtypes as they are."""
    if a.dtype != np.float32:
        return a
    bits = a.view(np.uint32)
    return ((bits + 0x0FFF + ((bits >> 13) & 1)) & 0xFFFFE000).astype(np.uint32).view(np.float32)


def through(dtype: DTypeLike, then: Conv2d = direct.conv2d) -> Conv2d:
    """Operands of float32 rounded to a lower dtype; the call is then right."""

    def conv2d(img: Array, k: Array, padding: str) -> Array:
        direct.require(img, k, padding)
        if img.dtype == np.float32:
            with np.errstate(over="ignore"):
                img, k = (a.astype(dtype).astype(np.float32) for a in (img, k))
        result: Array = then(img, k, padding)
        return result

    return conv2d


def through_tf32(img: Array, k: Array, padding: str) -> Array:
    """Operands of float32 rounded as tensor cores do by default."""
    return direct.conv2d(tf32(img), tf32(k), padding)


def accumulated_in(low: DTypeLike, high: DTypeLike) -> Conv2d:
    """Operands of ``high``, products and sums in ``low``, the result in ``high``."""

    def conv2d(img: Array, k: Array, padding: str) -> Array:
        direct.require(img, k, padding)
        if img.dtype != high:
            return direct.conv2d(img, k, padding)
        with np.errstate(over="ignore", under="ignore"):
            img, k = img.astype(low), k.astype(low)
            return direct.conv2d(img, k, padding).astype(high)

    return conv2d


def scaled(img: Array, k: Array, padding: str) -> Array:
    """The kernel a millionth too large, as a careless scale and unscale leave it."""
    return direct.conv2d(img, (k * (1 + 2.0**-20)).astype(k.dtype), padding)


def rectified(img: Array, k: Array, padding: str) -> Array:
    """Nothing below zero comes out: an activation left on."""
    return np.maximum(direct.conv2d(img, k, padding), 0)


def biased(img: Array, k: Array, padding: str) -> Array:
    """One is added everywhere: a bias left on."""
    out: Array = direct.conv2d(img, k, padding) + img.dtype.type(1)
    return out


def dropping_small_taps(img: Array, k: Array, padding: str) -> Array:
    """Taps below 1e-12 count as zero."""
    return direct.conv2d(img, np.where(abs(k) < 1e-12, 0, k).astype(k.dtype), padding)


def dropping_a_first_column(img: Array, k: Array, padding: str) -> Array:
    """The image's first column is read as zeros."""
    img = img.copy()
    img[:, :1] = 0
    return direct.conv2d(img, k, padding)


def returning(dtype: DTypeLike, given: DTypeLike) -> Conv2d:
    """Operands of ``given`` give a result of ``dtype``."""

    def conv2d(img: Array, k: Array, padding: str) -> Any:
        out = direct.conv2d(img, k, padding)
        return out.astype(dtype) if img.dtype == given else out

    return conv2d


def losing_a_negative_last_column(img: Array, k: Array, padding: str) -> Array:
    """The last column is read as zeros where it holds a number below zero."""
    if img.ndim == 2 and (img[:, -1:] < 0).any():
        img = img.copy()
        img[:, -1] = 0
    return direct.conv2d(img, k, padding)


def through_float64(img: Array, k: Array, padding: str) -> Array:
    """int64 is summed in double precision."""
    direct.require(img, k, padding)
    if img.dtype != np.int64:
        return direct.conv2d(img, k, padding)
    return direct.conv2d(img.astype(np.float64), k.astype(np.float64), padding).astype(np.int64)


def flushing_small_results(img: Array, k: Array, padding: str) -> Array:
    """Results below 1e-15 come out as zero."""
    out = direct.conv2d(img, k, padding)
    return np.where(abs(out) < 1e-15, 0, out).astype(out.dtype)


def widening_for_even_kernels(img: Array, k: Array, padding: str) -> Array:
    """Even kernels take a path that returns float64."""
    out = direct.conv2d(img, k, padding)
    return out if k.shape[0] % 2 else out.astype(np.float64)


def giving_an_imaginary_part(img: Array, k: Array, padding: str) -> Array:
    """The result is complex, and from 17 columns on its imaginary part is not zero."""
    out = direct.conv2d(img, k, padding)
    return out + (1j if img.shape[1] > 16 else 0j)


def giving_text(img: Array, k: Array, padding: str) -> Array:
    """The right numbers, written out."""
    return direct.conv2d(img, k, padding).astype(str)


def giving_a_matrix(img: Array, k: Array, padding: str) -> Any:
    """The result multiplies like a matrix."""
    return direct.conv2d(img, k, padding).view(np.matrix)
