"""A plain direct correlation that is right; every mutant is one change away from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.definition.shapes import Shape

Conv2d = Callable[[Any, Any, str], Any]
Mode = Literal["constant", "edge", "reflect", "symmetric", "wrap"]


def require(img: Array, k: Array, padding: str) -> None:
    """Refuse what is not a 2-D image, a 2-D kernel and a known padding of one dtype."""
    if img.ndim != 2 or k.ndim != 2 or not k.size or not img.size:
        msg = f"two axes with elements are needed, not {img.shape} and {k.shape}"
        raise ValueError(msg)
    if padding not in ("valid", "same", "full"):
        msg = f"no padding {padding!r}"
        raise ValueError(msg)
    if img.dtype != k.dtype:
        msg = f"two dtypes, {img.dtype} and {k.dtype}"
        raise TypeError(msg)
    if padding == "valid" and (k.shape[0] > img.shape[0] or k.shape[1] > img.shape[1]):
        msg = f"kernel {k.shape} exceeds image {img.shape}"
        raise ValueError(msg)


def around(kernel: Shape, padding: str, *, lower: bool = False) -> tuple[Shape, Shape]:
    """Padding before and after, for rows and for columns."""

    def one(extent: int) -> Shape:
        if padding == "valid":
            return 0, 0
        if padding == "full":
            return extent - 1, extent - 1
        before = extent // 2 if lower else (extent - 1) // 2
        return before, extent - 1 - before

    return one(kernel[0]), one(kernel[1])


def windows(
    img: Array, kernel: Shape, padding: str, mode: Mode = "constant", *, lower: bool = False
) -> tuple[Array, Shape]:
    """The padded image and the shape of the result."""
    padded = np.pad(img, around(kernel, padding, lower=lower), mode)
    return padded, (padded.shape[0] - kernel[0] + 1, padded.shape[1] - kernel[1] + 1)


def correlate(
    img: Array, k: Array, padding: str, mode: Mode = "constant", *, lower: bool = False
) -> Array:
    """``y[i, j] = Σ img[i + a, j + b] · k[a, b]``, one tap after the other, in the dtype."""
    padded, size = windows(img, (k.shape[0], k.shape[1]), padding, mode, lower=lower)
    return total(padded, k, size, np.ndindex(*k.shape))


def total(padded: Array, k: Array, size: Shape, taps: Iterable[Shape]) -> Array:
    """Sum over ``taps`` in their order; integers wrap."""
    out = np.zeros(size, padded.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        for a, b in taps:
            out += padded[a : a + size[0], b : b + size[1]] * k[a, b]
    return out


def conv2d(img: Array, k: Array, padding: str) -> Array:
    """The right one: native copies of the operands, then `correlate`."""
    require(img, k, padding)
    native = img.dtype.newbyteorder("=")
    return correlate(img.astype(native), k.astype(native), padding)


conv2d.snippet = (  # type: ignore[attr-defined]
    "from tests.mutants import direct\ny = direct.conv2d(img, k, padding)"
)
