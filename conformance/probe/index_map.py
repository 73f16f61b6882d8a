"""The index map: which image pixel each output pixel reads through each kernel element.

With ``img`` numbered 1…HW and ``k`` a single one, the output *is* that map for one tap, exact in
every dtype that holds the numbers. Orientation, anchor and boundary are read off it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conv2d_conformance.definition.correlation import (
    BOUNDARIES,
    ORIENTATIONS,
    Array,
    Boundary,
    Orientation,
    orient,
    source_indices,
)
from conv2d_conformance.definition.shapes import Shape, describe

ConvolutionCall = Callable[[Array, Array, str], Array]
Indices = NDArray[np.intp]

OUTSIDE = -1


class NotAnIndexMapError(ValueError):
    """An output is not a pixel of the numbered image; the message says which tap and where."""


@dataclass(frozen=True)
class MapFit:
    """One interpretation of a map: the padding before the image, and the boundary.

    ``boundary`` is None if the map reaches over the border and no boundary fits. A map that does
    not reach over it fits every boundary.
    """

    orientation: Orientation
    before: Shape
    boundaries: tuple[Boundary, ...]
    reaches_border: bool


@dataclass(frozen=True, eq=False)
class IndexMap:
    """The measured map of one image shape, kernel shape and padding.

    Parameters
    ----------
    image, kernel : (int, int)
    padding : str
    source : ndarray of int, (Kh, Kw, Oh, Ow)
        Flat index of the pixel read, -1 where the output was zero.
    """

    image: Shape
    kernel: Shape
    padding: str
    source: Indices

    @property
    def name(self) -> str:
        """``same/6x7-by-2x3``."""
        return f"{self.padding}/{describe(self.image, self.kernel)}"


def measure(
    call: ConvolutionCall, image: Shape, kernel: Shape, padding: str, dtype: np.dtype[Any]
) -> IndexMap:
    """Measure the map with one call per kernel element, Kh·Kw in all.

    Raises
    ------
    NotAnIndexMapError
        If an output is not a pixel number, or the output's shape depends on the tap.
    """
    img = np.arange(1, image[0] * image[1] + 1).reshape(image).astype(dtype)
    taps = []
    for a, b in np.ndindex(*kernel):
        k = np.zeros(kernel, dtype)
        k[a, b] = 1
        taps.append(_pixels(np.asarray(call(img, k, padding)), img.size, (a, b)))
        if taps[-1].shape != taps[0].shape:
            msg = f"the output's shape is {taps[0].shape} for one tap, {taps[-1].shape} for another"
            raise NotAnIndexMapError(msg)
    return IndexMap(image, kernel, padding, np.array(taps).reshape(*kernel, *taps[0].shape))


def _pixels(result: Array, pixels: int, tap: Shape) -> Indices:
    if result.ndim != 2:
        msg = f"the output has shape {result.shape}; two axes were expected"
        raise NotAnIndexMapError(msg)
    imaginary = np.abs(result.imag) if result.dtype.kind == "c" else np.zeros(result.shape)
    values = result.real.astype(np.float64)
    numbers = np.rint(values)
    # An FFT's error on integers this small is far below a quarter; a wrong value is not.
    odd = ~(np.abs(values - numbers) + imaginary < 0.25) | (numbers < 0) | (numbers > pixels)
    if odd.any():
        i, j = np.argwhere(odd)[0]
        got = result[i, j] if result.dtype.kind == "c" else values[i, j]
        msg = (
            f"a single one at {tap} put {got:g} at output ({i}, {j}); "
            f"the image holds the integers 1 to {pixels}"
        )
        raise NotAnIndexMapError(msg)
    return numbers.astype(np.intp) - 1


def fit_map(found: IndexMap) -> tuple[MapFit, ...]:
    """Return every orientation under which the interior of the map is one shifted window."""
    return tuple(fit for fit in (_fit(found, o) for o in ORIENTATIONS) if fit is not None)


def _fit(found: IndexMap, orientation: Orientation) -> MapFit | None:
    source = orient(found.source, orientation)
    before = _window(source, found.image[1])
    if before is None:
        return None
    inside = predict(found.image, source.shape, before, "zeros") != OUTSIDE
    if not np.array_equal(
        source[inside], predict(found.image, source.shape, before, "edge")[inside]
    ):
        return None
    models = tuple(
        name
        for name in BOUNDARIES
        if np.array_equal(source, predict(found.image, source.shape, before, name))
    )
    return MapFit(orientation, before, models, not inside.all())


def _window(source: Indices, width: int) -> Shape | None:
    """Return the padding before the image by majority vote: a border may copy pixels."""
    p, q, i, j = np.nonzero(source != OUTSIDE)
    if not p.size:
        return None
    pixel = source[p, q, i, j]
    shifts = zip((i + p - pixel // width).tolist(), (j + q - pixel % width).tolist(), strict=True)
    return Counter(shifts).most_common(1)[0][0]


def predict(image: Shape, shape: tuple[int, ...], before: Shape, boundary: Boundary) -> Indices:
    """Return the map of a correlation; ``shape`` is (Kh, Kw, Oh, Ow), ``before`` the padding."""
    kh, kw, oh, ow = shape
    rows = _along_axis(image[0], kh, oh, before[0], boundary)
    columns = _along_axis(image[1], kw, ow, before[1], boundary)
    r, c = rows[:, None, :, None], columns[None, :, None, :]
    return np.where((r < 0) | (c < 0), OUTSIDE, r * image[1] + c)


@lru_cache(maxsize=2**10)
def _along_axis(pixels: int, taps: int, outputs: int, before: int, boundary: Boundary) -> Indices:
    """Return the index (taps, outputs) read along one axis; many maps share it, so read-only."""
    found = source_indices(
        np.add.outer(np.arange(taps), np.arange(outputs)) - before, pixels, boundary
    )
    found.flags.writeable = False
    return found
