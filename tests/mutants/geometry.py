"""Slips of geometry: the right products, summed in the wrong place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.definition.correlation import orient, shape_of
from tests.mutants import direct

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.definition.correlation import Array, Orientation
    from conv2d_conformance.definition.shapes import Shape
    from tests.mutants.direct import Conv2d, Mode


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


def unwritten_for_one_larger(img: Array, k: Array, padding: str) -> Array:
    """``valid`` with a kernel one larger gives memory in the shape of the image."""
    if padding == "valid" and img.ndim == k.ndim == 2:
        rows, columns = (n - m + 1 for n, m in zip(img.shape, k.shape, strict=True))
        if 0 in (rows, columns) and min(rows, columns) >= 0:
            return np.full_like(img, 7)
    return direct.conv2d(img, k, padding)


def rolled(img: Array, k: Array, padding: str) -> Array:
    """The last column comes first."""
    return np.roll(direct.conv2d(img, k, padding), 1, 1)


def only(wrong: Conv2d, *, columns: int = 0, extent: int = 0, even: bool = False) -> Conv2d:
    """Wrong for images of ``columns`` and kernels of ``extent`` on, of an even width if asked."""

    def conv2d(img: Array, k: Array, padding: str) -> Any:
        wide, large = img.shape[-1] >= columns, min(k.shape) >= extent
        applies = wide and large and not (even and img.shape[-1] % 2)
        return (wrong if applies else direct.conv2d)(img, k, padding)

    return conv2d


def where(applies: Callable[[Shape, Shape], bool], wrong: Conv2d) -> Conv2d:
    """Wrong for the shapes of image and kernel that ``applies`` picks."""

    def conv2d(img: Array, k: Array, padding: str) -> Any:
        picked = img.ndim == k.ndim == 2 and applies(shape_of(img), shape_of(k))
        return (wrong if picked else direct.conv2d)(img, k, padding)

    return conv2d


def transposing_separable_kernels(img: Array, k: Array, padding: str) -> Array:
    """A square kernel of rank one is split into a row and a column, and put together wrongly."""
    direct.require(img, k, padding)
    separable = k.shape[0] == k.shape[1] and np.linalg.matrix_rank(k.astype(np.float64)) == 1
    return direct.conv2d(img, k.T if separable else k, padding)
