"""One image, kernel and result in four axes, and the prediction of a hypothesis."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition import layers
from conv2d_conformance.definition.correlation import ORIENTATIONS, orient, source_indices
from conv2d_conformance.definition.error_bounds import fft_bound_factor, underflow, unit_roundoff
from conv2d_conformance.definition.sums.window_sums import extent
from conv2d_conformance.diagnosis.fit import decimals
from conv2d_conformance.diagnosis.hypothesis import UNDONE, Hypothesis, Shapes

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array, Exact, Orientation

NO_PADS = (0, 0), (0, 0)


def turned(a: Array, name: Orientation) -> Array:
    """`correlation.orient` of the last two axes."""
    return np.moveaxis(orient(np.moveaxis(a, (-2, -1), (0, 1)), name), (0, 1), (-2, -1))


@dataclass(frozen=True)
class Problem:
    """Operands and result as one layout reads them.

    Parameters
    ----------
    img : ndarray, (N, C, H, W)
    k : ndarray, (O, C, Kh, Kw)
    result : ndarray, (N, O, Oh, Ow)
    layout : tuple of str
        How the axes were read otherwise than they stand.
    """

    img: Array
    k: Array
    result: Array
    layout: tuple[str, ...] = ()

    @cached_property
    def roundoff(self) -> float:
        """The coarsest u of the three dtypes: what an honest call may have."""
        return max(unit_roundoff(a.dtype) for a in (self.img, self.k, self.result))

    @cached_property
    def tiny(self) -> float:
        """The largest of their smallest normal numbers."""
        return max(underflow(a.dtype, 0) for a in (self.img, self.k, self.result))

    @cached_property
    def norms(self) -> float:
        """What `error_bounds.normwise` multiplies u with, for the largest plane and kernel."""
        planes = self.img.reshape(-1, *extent(self.img)).astype(np.float64)
        kernels = self.k.reshape(-1, *extent(self.k)).astype(np.float64)
        a, b = (max(each, key=np.linalg.norm) for each in map(np.nan_to_num, (planes, kernels)))
        channels = self.img.shape[1]
        return float(channels * fft_bound_factor(a, b, channels))

    @cached_property
    def slack(self) -> float:
        """Return how far rounding to decimals or integers may have moved the result."""
        if self.result.dtype.kind not in "iu":
            return decimals(self.result)
        whole = all((a == np.rint(a)).all() for a in (self.img, self.k))
        return 0.0 if whole or np.ptp(self.result.astype(np.float64)) < 100 else 1.0

    @cached_property
    def orientations(self) -> dict[Orientation, list[Orientation]]:
        """Return the orientations that this kernel distinguishes, each with those equal to it."""
        return _distinct(self.k)

    @cached_property
    def turns(self) -> dict[Orientation, list[Orientation]]:
        """Return the turns that this result distinguishes, each with those equal to it."""
        return _distinct(self.result)

    def undone(self, turn: Orientation) -> Array:
        """The result before it was turned."""
        return turned(self.result, UNDONE[turn])

    def shapes(self, orientation: Orientation, turn: Orientation) -> Shapes:
        """Extents under an orientation and a turn."""
        return Shapes(
            extent(self.img), extent(turned(self.k, orientation)), extent(self.undone(turn))
        )

    def hypothesis(self, orientation: Orientation, turn: Orientation = "correlation") -> Hypothesis:
        """The one with no padding, from which others are made."""
        return Hypothesis(self.shapes(orientation, turn), orientation, turn, layout=self.layout)

    def exact(self, found: Hypothesis) -> Exact:
        """Return the exact result, before scale, bias and turn."""
        shapes, options = found.shapes, found.options
        axes = zip(shapes.image, found.pads, found.before, strict=True)
        indices = [
            source_indices(np.arange(-before, n + pad[1]), n, found.boundary)
            for n, pad, before in axes
        ]
        frame = framed(self.img, *indices)
        kernel = turned(self.k, found.orientation)
        with np.errstate(invalid="ignore", over="ignore"):
            return layers.correlate(frame, kernel, pads=NO_PADS, options=options)


def framed(img: Array, rows: Array, columns: Array) -> Array:
    """The pixels at those indices; zeros where one is -1."""
    inside = (rows >= 0)[:, None] & (columns >= 0)
    picked = img[:, :, rows[:, None], columns]
    return np.where(inside, picked, np.zeros((), img.dtype))


def _distinct(a: Array) -> dict[Orientation, list[Orientation]]:
    found: dict[Orientation, list[Orientation]] = {}
    for name in ORIENTATIONS:
        made = turned(a, name)
        for other in found:
            if np.array_equal(turned(a, other), made, equal_nan=made.dtype.kind == "f"):
                found[other].append(name)
                break
        else:
            found[name] = []
    return found
