"""A convolution in ten equal parts of NumPy, and the same with some of its parts done twice.

Small images are convolved ten times, large ones in ten bands of rows, so that one part more is a
tenth more of the same kind of work for every rung: no sleep, and no clock.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Padding

PARTS = 10
# Rows from which on a tenth of an image is a band of its own.
LARGE = 128
# Taps up to which a sum over shifted images is taken; beyond, the FFT.
FEW = 25


def conv2d(img: Array, k: Array, padding: Padding) -> Array:
    """What is compared with itself."""
    return _convolved(img, k, padding, repeated=0)


def tenth_slower(img: Array, k: Array, padding: Padding) -> Array:
    """Eleven parts."""
    return _convolved(img, k, padding, repeated=1)


def fifth_slower(img: Array, k: Array, padding: Padding) -> Array:
    """Twelve parts."""
    return _convolved(img, k, padding, repeated=2)


def half_slower(img: Array, k: Array, padding: Padding) -> Array:
    """Fifteen parts."""
    return _convolved(img, k, padding, repeated=5)


def _convolved(img: Array, k: Array, padding: Padding, repeated: int) -> Array:
    if padding != "same":
        msg = f"only 'same', not {padding!r}"
        raise ValueError(msg)
    above, left = (k.shape[0] - 1) // 2, (k.shape[1] - 1) // 2
    below, right = k.shape[0] - 1 - above, k.shape[1] - 1 - left
    padded = np.pad(img, ((above, below), (left, right)))
    done = [_part(padded, k, band) for band in _bands(len(img))]
    for band in _bands(len(img))[:repeated]:
        _part(padded, k, band)
    return np.concatenate(done) if len(img) >= LARGE else done[-1]


def _bands(rows: int) -> list[tuple[int, int]]:
    if rows < LARGE:
        return [(0, rows)] * PARTS
    edges = [rows * i // PARTS for i in range(PARTS + 1)]
    return list(pairwise(edges))


def _part(padded: Array, k: Array, band: tuple[int, int]) -> Array:
    rows = padded[band[0] : band[1] + len(k) - 1]
    return _taps(rows, k) if k.size <= FEW else _fft(rows, k)


def _taps(rows: Array, k: Array) -> Array:
    size = rows.shape[0] - k.shape[0] + 1, rows.shape[1] - k.shape[1] + 1
    total = np.zeros(size, rows.dtype)
    for (i, j), tap in np.ndenumerate(k[::-1, ::-1]):
        total += tap * rows[i : i + size[0], j : j + size[1]]
    return total


def _fft(rows: Array, k: Array) -> Array:
    shape = [1 << (n - 1).bit_length() for n in rows.shape]
    product = np.fft.rfft2(rows, shape) * np.fft.rfft2(k, shape)
    valid = np.fft.irfft2(product, shape)
    return valid[len(k) - 1 : len(rows), k.shape[1] - 1 : rows.shape[1]].astype(rows.dtype)
