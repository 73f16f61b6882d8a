"""One image, kernel and result in four axes, and the prediction of a hypothesis."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition import layers
from conv2d_conformance.definition.correlation import ORIENTATIONS, orient, source_indices
from conv2d_conformance.definition.error_bounds import fft_bound_factor, underflow, unit_roundoff
from conv2d_conformance.definition.sums.window_sums import extent
from conv2d_conformance.diagnosis.fit import decimals
from conv2d_conformance.diagnosis.hypothesis import UNDONE, Hypothesis, Shapes
from conv2d_conformance.diagnosis.layer_code import ArrayCode

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
    k : ndarray, (O, C/G, Kh, Kw)
    result : ndarray, (N, O, Oh, Ow)
    layout : tuple of str
        How the axes were read otherwise than they stand.
    code : ArrayCode
        How these arrays are made of the given ones.
    known : ndarray of bool, (N, O, Oh, Ow), or None
        Elements that are to be explained; None for all.
    """

    img: Array
    k: Array
    result: Array
    layout: tuple[str, ...] = ()
    code: ArrayCode = field(default_factory=ArrayCode)
    known: Array | None = None

    @property
    def groups(self) -> int:
        """Blocks of channels, as the shapes have it."""
        return int(self.img.shape[1] // self.k.shape[1])

    @property
    def first_image(self) -> Array:
        """What the first output reads of the first image: (C/G, H, W)."""
        return self.img[0, : self.k.shape[1]]

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
        channels = self.k.shape[1]
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

    def explained(self, turn: Orientation) -> Array:
        """Return where the result, before it was turned, is to be explained: bool."""
        if self.known is None:
            return np.ones(self.undone(turn).shape, bool)
        return turned(self.known, UNDONE[turn])

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
        shapes, options = found.shapes, replace(found.options, groups=self.groups)
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
