"""Convolution and its adjoint by loops: the definition, which no call under test has written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Padding, Pads, Pair


def pads(
    padding: Padding | Pads, image: Pair, kernel: Pair, stride: Pair, dilation: Pair
) -> list[Pair]:
    """Pixels before and after each axis; ``same`` as ONNX's SAME_UPPER has it."""
    if isinstance(padding, tuple):
        return list(padding)
    reach = [d * (n - 1) for d, n in zip(dilation, kernel, strict=True)]
    if padding != "same":
        return [(r, r) if padding == "full" else (0, 0) for r in reach]
    axes = zip(image, reach, stride, strict=True)
    missing = (max((-(-n // s) - 1) * s + r + 1 - n, 0) for n, r, s in axes)
    return [(m // 2, m - m // 2) for m in missing]


def correlate(
    x: Array, k: Array, around: list[Pair], stride: Pair, dilation: Pair, groups: int
) -> Array:
    """``y[n, o, i, j]``, summed tap by tap; a negative number of pixels crops."""
    x = np.pad(x, ((0, 0), (0, 0), *((max(a, 0), max(b, 0)) for a, b in around)))
    (top, bottom), (left, right) = ((max(-a, 0), max(-b, 0)) for a, b in around)
    x = x[:, :, top : x.shape[2] - bottom, left : x.shape[3] - right]
    filters, each, *kernel = k.shape
    axes = zip(x.shape[2:], kernel, stride, dilation, strict=True)
    y = np.zeros((len(x), filters, *((n - d * (m - 1) - 1) // s + 1 for n, m, s, d in axes)))
    for o, c, i, j, a, b in np.ndindex(filters, each, *y.shape[2:], *kernel):
        channel = o // (filters // groups) * each + c
        pixel = i * stride[0] + a * dilation[0], j * stride[1] + b * dilation[1]
        y[:, o, i, j] += x[:, channel, pixel[0], pixel[1]] * k[o, c, a, b]
    return y


def scatter(x: Array, k: Array, stride: Pair, dilation: Pair, groups: int) -> Array:
    """Every pixel paints the kernel, scaled by itself: the adjoint of ``valid``."""
    channels, each, *kernel = k.shape
    axes = zip(x.shape[2:], kernel, stride, dilation, strict=True)
    y = np.zeros((len(x), each * groups, *((n - 1) * s + d * (m - 1) + 1 for n, m, s, d in axes)))
    for c, o, i, j, a, b in np.ndindex(channels, each, *x.shape[2:], *kernel):
        filter_ = c // (channels // groups) * each + o
        pixel = i * stride[0] + a * dilation[0], j * stride[1] + b * dilation[1]
        y[:, filter_, pixel[0], pixel[1]] += x[:, c, i, j] * k[c, o, a, b]
    return y
