"""Right convolutions that change their algorithm with the kernel's size, as libraries do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.mutants import direct, honest

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array

# F(2×2, 3×3) of Lavin and Gray, "Fast algorithms for convolutional neural networks" (2016).
IMAGE = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])
KERNEL = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
OUTPUT = np.array([[1, 1, 1, 0], [0, 1, -1, -1]])


def fourier_when_large(img: Array, k: Array, padding: str) -> Array:
    """By Fourier transforms for kernels larger than 7×7, one tap after the other for the rest."""
    large = k.ndim == 2 and min(k.shape) > 7 and img.dtype.kind == "f"
    return (honest.fourier if large else direct.conv2d)(img, k, padding)


def winograd_for_3x3(img: Array, k: Array, padding: str) -> Array:
    """By Winograd's algorithm for 3×3, one tap after the other for the rest."""
    if k.shape != (3, 3) or img.dtype.kind != "f":
        return direct.conv2d(img, k, padding)
    direct.require(img, k, padding)
    dtype = img.dtype.newbyteorder("=")
    wide = np.promote_types(dtype, np.float32)
    padded, size = direct.windows(img.astype(wide), (3, 3), padding)
    return _tiles(padded, k.astype(wide))[: size[0], : size[1]].astype(dtype)


def wide_fourier(img: Array, k: Array, padding: str) -> Array:
    """By transforms in float64, rounded to the operands' dtype: exact on integers in float32."""
    if img.dtype.kind in "biu":
        return direct.conv2d(img, k, padding)
    wide = honest.fourier(img.astype(np.float64), k.astype(np.float64), padding)
    return wide.astype(img.dtype.newbyteorder("="))


def wide_winograd(img: Array, k: Array, padding: str) -> Array:
    """By Winograd's algorithm in float64 for 3×3, rounded to the operands' dtype."""
    if img.dtype.kind != "f":
        return direct.conv2d(img, k, padding)
    wide = winograd_for_3x3(img.astype(np.float64), k.astype(np.float64), padding)
    return wide.astype(img.dtype.newbyteorder("="))


def _tiles(padded: Array, k: Array) -> Array:
    """All outputs in tiles of 2×2, each from 4×4 pixels; the last tiles reach beyond the image."""
    rows, columns = ((n - 1) // 2 for n in padded.shape)
    room = [(0, 2 * n + 2 - m) for n, m in zip((rows, columns), padded.shape, strict=True)]
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(padded, room), (4, 4))[::2, ::2]
    b, g, a = (matrix.astype(k.dtype) for matrix in (IMAGE, KERNEL, OUTPUT))
    products = (b @ windows @ b.T) * (g @ k @ g.T)
    tiles: Array = a @ products @ a.T
    return tiles.swapaxes(1, 2).reshape(2 * rows, 2 * columns)
