"""The one sum behind every layer and gradient: windows of an image times a kernel, by groups."""

from __future__ import annotations

from dataclasses import replace
from math import gcd, prod
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition.padding import Options, Pair, reach, transposed_size
from conv2d_conformance.definition.sums.exact_sums import Exact, dot, is_exact_in_float64, split
from conv2d_conformance.definition.sums.exact_windows import sum_windows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.arrays import Array, Floats

# The position of a window in its frame: rows and columns.
Window = tuple[slice, slice]


def extent(a: Array) -> Pair:
    """Rows and columns of an array that ends in them."""
    rows, columns = a.shape[-2:]
    return rows, columns


def split_groups(a: Array, axis: int, groups: int) -> Floats:
    """``a`` in float64, its channels along ``axis`` split into (groups, channels / groups)."""
    shape = a.shape
    parts = (groups, shape[axis] // groups)
    return a.astype(np.float64).reshape(*shape[:axis], *parts, *shape[axis + 1 :])


def window_sums(img: Floats, k: Floats, before: Pair, size: Pair, options: Options) -> Exact:
    """Sum over windows: ``y[n,g,o,i] = Σ img[n,g,c, is + ad - before] k[g,o,c,a]``, i and a pairs.

    Parameters
    ----------
    img : ndarray of float64, (N, G, C/G, H, W)
        Outside it is zero.
    k : ndarray of float64, (G, O/G, C/G, Kh, Kw)
    before, size : (int, int)
        Padding before the image, and shape of the result.
    options : Options
        Its groups are not read again.

    Returns
    -------
    Exact
        (N, G, O/G, *size), as accurate as `exact_sums.dot`, or more.
    """
    reached = transposed_size(size, extent(k), ((0, 0), (0, 0)), options)
    frame = _embed(img, before, reached)
    if is_exact_in_float64(frame, k):
        return _short_cut(frame, k, size, options)
    found = sum_windows(frame, k, size, options.stride, options.dilation)
    if found is not None:
        return Exact(*found, prod(k.shape[2:]))
    return tap_by_tap(frame, k, size, options)


def tap_by_tap(frame: Floats, k: Floats, size: Pair, options: Options) -> Exact:
    """The definition as it is written, for any numbers; what the faster sums are checked with."""
    pixels, taps = split(frame), split(k[..., None, None])
    pairs = (
        ([x[:, :, None, c, *window] for x in pixels], [y[:, :, c, *tap] for y in taps])
        for c in range(k.shape[2])
        for tap, window in _windows(extent(k), size, options)
    )
    return dot(pairs, (len(frame), *k.shape[:2], *size), prod(k.shape[2:]))


def window_sums_adjoint(
    cotangent: Floats, k: Floats, before: Pair, size: Pair, options: Options
) -> Exact:
    """Transpose of `window_sums` as a map of its image: correlate the spread, flipped kernel.

    Parameters
    ----------
    cotangent : ndarray of float64, (N, G, O/G, Oh, Ow)
    k : ndarray of float64, (G, O/G, C/G, Kh, Kw)
    before : (int, int)
        That of `window_sums`.
    size : (int, int)
        Shape of the image.
    options : Options

    Returns
    -------
    Exact
        (N, G, C/G, *size); its taps are the most that meet in one pixel.
    """
    rows, columns = (n - lead for n, lead in zip(reach(extent(k), options), before, strict=True))
    flipped = k.swapaxes(1, 2)[..., ::-1, ::-1]
    spread = _spread(cotangent, options.stride)
    found = window_sums(spread, flipped, (rows, columns), size, replace(options, stride=(1, 1)))
    met = map(_max_taps_per_output, extent(k), options.stride, options.dilation)
    return replace(found, taps=k.shape[1] * prod(met))


def _spread(img: Floats, stride: Pair) -> Floats:
    """The image with zeros between its pixels, which the stride stepped over."""
    rows, columns = (max((n - 1) * s + 1, 0) for n, s in zip(extent(img), stride, strict=True))
    spread = np.zeros((*img.shape[:-2], rows, columns))
    spread[..., :: stride[0], :: stride[1]] = img
    return spread


def _max_taps_per_output(taps: int, stride: int, dilation: int) -> int:
    """Most taps that meet an output in one pixel, along one axis; zeros meet the others."""
    return -(-taps * gcd(stride, dilation) // stride)


def _embed(img: Floats, before: Pair, size: Pair) -> Floats:
    """The image in a frame of zeros of that size, cut off where it overhangs."""
    if before == (0, 0) and extent(img) == size:
        return img
    frame = np.zeros((*img.shape[:-2], *size))
    (top, rows), (left, columns) = map(_overlap, before, extent(img), size)
    frame[..., top, left] = img[..., rows, columns]
    return frame


def _overlap(before: int, pixels: int, room: int) -> tuple[slice, slice]:
    """Along one axis: where the image shows in its frame, and what part of the image shows."""
    first = max(-before, 0)
    last = max(min(pixels, room - before), first)
    return slice(first + before, last + before), slice(first, last)


def _windows(kernel: Pair, size: Pair, options: Options) -> Iterator[tuple[Pair, Window]]:
    """Every tap, and the pixels that it meets: one for each output."""
    (down, right), (skip, leap) = options.stride, options.dilation
    for a, b in np.ndindex(*kernel):
        rows = slice(a * skip, a * skip + size[0] * down, down)
        yield (a, b), (rows, slice(b * leap, b * leap + size[1] * right, right))


def _short_cut(frame: Floats, k: Floats, size: Pair, options: Options) -> Exact:
    """Integers that float64 sums exactly, by matrix products."""
    shape = (len(frame), *k.shape[:2], *size)

    def total(frame: Floats, k: Floats) -> Floats:
        result = np.zeros((*shape[:3], prod(size)))
        for tap, window in _windows(extent(k), size, options):
            patches = frame[..., *window].reshape(*frame.shape[:3], prod(size))
            result += k[..., *tap] @ patches
        return result.reshape(shape)

    scale = total(np.abs(frame), np.abs(k))
    return Exact(total(frame, k), np.zeros(shape), scale, prod(k.shape[2:]))
