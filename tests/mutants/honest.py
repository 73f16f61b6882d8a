"""Right convolutions that round differently from one another: none may be turned away."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.mutants import direct

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.definition.shapes import Shape
    from tests.mutants.direct import Conv2d


def _prepared(img: Array, k: Array, padding: str) -> tuple[Array, Array, Shape]:
    direct.require(img, k, padding)
    native = img.dtype.newbyteorder("=")
    padded, size = direct.windows(img.astype(native), (k.shape[0], k.shape[1]), padding)
    return padded, k.astype(native), size


def _products(padded: Array, k: Array, size: Shape) -> list[Array]:
    return [padded[a : a + size[0], b : b + size[1]] * k[a, b] for a, b in np.ndindex(*k.shape)]


def backwards(img: Array, k: Array, padding: str) -> Array:
    """The last tap first."""
    padded, k, size = _prepared(img, k, padding)
    return direct.total(padded, k, size, reversed(list(np.ndindex(*k.shape))))


def shuffled(img: Array, k: Array, padding: str) -> Array:
    """The taps in an order of no meaning."""
    padded, k, size = _prepared(img, k, padding)
    order = np.random.default_rng(k.size).permutation(list(np.ndindex(*k.shape)))
    return direct.total(padded, k, size, ((int(a), int(b)) for a, b in order))


def pairwise(img: Array, k: Array, padding: str) -> Array:
    """Halves of the products are summed apart."""

    def halves(terms: list[Array]) -> Array:
        middle = len(terms) // 2
        return terms[0] if not middle else halves(terms[:middle]) + halves(terms[middle:])

    return halves(_products(*_prepared(img, k, padding)))


def kahan(img: Array, k: Array, padding: str) -> Array:
    """What each sum loses is carried to the next."""
    products = _products(*_prepared(img, k, padding))
    out, lost = np.zeros_like(products[0]), np.zeros_like(products[0])
    for product in products:
        wanted = product - lost
        new = out + wanted
        out, lost = new, (new - out) - wanted
    return out


def wide_inside(img: Array, k: Array, padding: str) -> Array:
    """Summed in float64, rounded once."""
    direct.require(img, k, padding)
    dtype = img.dtype.newbyteorder("=")
    return direct.conv2d(img.astype(np.float64), k.astype(np.float64), padding).astype(dtype)


def fused(img: Array, k: Array, padding: str) -> Array:
    """Each product is added before it is rounded, as a fused multiply-add does."""
    padded, k, size = _prepared(img, k, padding)
    wide = padded.astype(np.longdouble)
    steps = np.ndindex(*k.shape)

    def step(out: Array, tap: Shape) -> Array:
        a, b = tap
        pixels = wide[a : a + size[0], b : b + size[1]]
        new: Array = (out + pixels * np.longdouble(k[a, b])).astype(padded.dtype)
        return new

    return functools.reduce(step, steps, np.zeros(size, padded.dtype))


def fourier(img: Array, k: Array, padding: str) -> Array:
    """By the transforms of NumPy, in the precision of the operands."""
    padded, k, size = _prepared(img, k, padding)
    shape = (padded.shape[0] + k.shape[0] - 1, padded.shape[1] + k.shape[1] - 1)
    spectrum = np.fft.rfft2(padded, shape) * np.fft.rfft2(k[::-1, ::-1], shape)
    whole = np.fft.irfft2(spectrum, shape).astype(padded.dtype)
    top, left = k.shape[0] - 1, k.shape[1] - 1
    return whole[top : top + size[0], left : left + size[1]]


def refusing(refused: Any, message: str) -> Conv2d:
    """The right call, but for what it refuses."""

    def conv2d(img: Array, k: Array, padding: str) -> Array:
        if refused(img, k, padding):
            raise ValueError(message)
        return direct.conv2d(img, k, padding)

    return conv2d
