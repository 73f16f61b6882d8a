"""Slips of geometry: the right products, summed in the wrong place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.mutants import direct

if TYPE_CHECKING:
    from conformance.geometry import Shape
    from conformance.reference import Array, Orientation
    from tests.mutants.direct import Conv2d, Mode

from conformance.reference import orient


def reads(orientation: Orientation) -> Conv2d:
    """The kernel read in another orientation."""
    return lambda img, k, padding: direct.conv2d(img, orient(k, orientation), padding)


def beyond(mode: Mode) -> Conv2d:
    """Pixels of the image beyond the border, not zeros."""

    def conv2d(img: Array, k: Array, padding: str) -> Array:
        direct.require(img, k, padding)
        return direct.correlate(img, k, padding, mode)

    return conv2d


def lower_anchor(img: Array, k: Array, padding: str) -> Array:
    """An even kernel's extra pixel of padding before the image."""
    direct.require(img, k, padding)
    return direct.correlate(img, k, padding, lower=True)


def shifted(padding: str) -> Conv2d:
    """One padding gives the right shape one pixel down and right."""

    def conv2d(img: Array, k: Array, wanted: str) -> Array:
        out = direct.conv2d(img, k, wanted)
        if wanted != padding:
            return out
        return np.pad(out, ((1, 0), (1, 0)))[: out.shape[0], : out.shape[1]]

    return conv2d


def cropped(padding: str) -> Conv2d:
    """One padding loses the last column."""

    def conv2d(img: Array, k: Array, wanted: str) -> Array:
        out = direct.conv2d(img, k, wanted)
        return out[:, :-1] if wanted == padding else out

    return conv2d


def swapped_operands(img: Array, k: Array, padding: str) -> Array:
    """The smaller operand slides over the larger, wherever it was given."""
    return direct.conv2d(k, img, "full" if padding == "valid" else padding)


def swapped_for_valid(img: Array, k: Array, padding: str) -> Array:
    """``valid`` swaps the operands if the kernel is larger, as SciPy does."""
    larger = k.shape[0] > img.shape[0] and k.shape[1] > img.shape[1]
    if padding == "valid" and larger:
        return direct.conv2d(k, img, padding)
    return direct.conv2d(img, k, padding)


def made_to_fit(img: Array, k: Array, padding: str) -> Array:
    """``valid`` cuts off as much of a kernel as exceeds the image in one axis."""
    larger = [m > n for n, m in zip(img.shape, k.shape, strict=True)]
    if padding == "valid" and any(larger) and not all(larger):
        k = k[: img.shape[0], : img.shape[1]]
    return direct.conv2d(img, k, padding)


def off_where(wide: Shape, kernel: Shape, *, even: bool = False) -> Conv2d:
    """One column off for images from ``wide`` and kernels from ``kernel`` on, the rest right."""

    def conv2d(img: Array, k: Array, padding: str) -> Array:
        out = direct.conv2d(img, k, padding)
        big = img.shape >= wide and img.shape[1] >= wide[1] and k.shape[0] >= kernel[0]
        applies = big and k.shape[1] >= kernel[1] and not (even and img.shape[1] % 2)
        return np.roll(out, 1, 1) if applies else out

    return conv2d
