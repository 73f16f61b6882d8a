"""Screens all offsets of one interpretation at a few elements, through Fourier transforms.

It only ranks candidates; `diagnosis.fit` then decides, so rounding in the screening is harmless.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition.correlation import BOUNDARIES, source_indices
from conv2d_conformance.definition.padding import Options, reach
from conv2d_conformance.definition.sums.window_sums import extent
from conv2d_conformance.diagnosis.problem import framed, turned
from conv2d_conformance.diagnosis.stride_candidates import BEYOND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.correlation import Array, Boundary, Floats, Orientation
    from conv2d_conformance.definition.padding import Pair
    from conv2d_conformance.diagnosis.hypothesis import Hypothesis
    from conv2d_conformance.diagnosis.problem import Problem

ELEMENTS = 16
# Fewer elements than these are compared as they are: scale and bias would fit too many.
AFFINE = 8
MAX_CANDIDATES = 12
NO_OPTIONS = Options()


@dataclass(frozen=True)
class ScoredHypothesis:
    """A hypothesis, and how far it is from the result at the screened elements."""

    distance: float
    found: Hypothesis


def screen(problem: Problem, options: Options) -> list[ScoredHypothesis]:
    """The best offsets of every orientation, turn and boundary, for one stride and dilation.

    With a stride or dilation the result is taken as it stands: there would be too many otherwise.
    """
    kept: list[ScoredHypothesis] = []
    turns = turns_of(problem, options)
    edge = max(reach(extent(problem.k), options)) + BEYOND if _roomy(problem, options) else 0
    planes = {turn: _plane(problem, turn) for turn in turns}
    picked = {turn: _pick_elements(plane, edge) for turn, plane in planes.items()}
    for orientation in problem.orientations:
        kernel = turned(problem.k, orientation)[0]
        margin = _margin(problem, orientation, options)
        for boundary in boundaries(problem, options):
            canvas = _canvas(problem.first_image, kernel, boundary, options, margin)
            for turn in turns:
                start = replace(
                    problem.hypothesis(orientation, turn), boundary=boundary, options=options
                )
                kept += _offsets(planes[turn], start, canvas, margin, picked[turn])
    return kept


def boundaries(problem: Problem, options: Options) -> tuple[Boundary, ...]:
    """Boundaries to screen; one where the interior is large enough to screen alone."""
    alone = options != NO_OPTIONS or _roomy(problem, options)
    return ("zeros",) if alone else BOUNDARIES


def turns_of(problem: Problem, options: Options) -> tuple[Orientation, ...]:
    """Turns of the result that are tried."""
    return tuple(problem.turns) if options == NO_OPTIONS else ("correlation",)


def _roomy(problem: Problem, options: Options) -> bool:
    spans = reach(problem.shapes("correlation", "correlation").kernel, options)
    least = 4 * max(spans) + 16
    return bool(min(problem.result.shape[-2:]) >= least)


def _margin(problem: Problem, orientation: Orientation, options: Options) -> Pair:
    """Return how far before and after the image a window may begin."""
    kernel = problem.shapes(orientation, "correlation").kernel
    rows, columns = (span + BEYOND for span in reach(kernel, options))
    return rows, columns


def _canvas(img: Array, k: Array, boundary: Boundary, options: Options, margin: Pair) -> Floats:
    """The correlation at every window that begins within ``margin`` of the image."""
    axes = zip(img.shape[1:], margin, reach(k.shape[1:], options), strict=True)
    indices = [source_indices(np.arange(-m, n + m + span), n, boundary) for n, m, span in axes]
    frame = framed(img[None].astype(np.float64), *indices)[0]
    frame[~np.isfinite(frame)] = 0
    spread = np.zeros((len(k), *(s + 1 for s in reach(k.shape[1:], options))))
    spread[:, :: options.dilation[0], :: options.dilation[1]] = np.nan_to_num(k.astype(np.float64))
    size = [-(-n // 32) * 32 for n in frame.shape[1:]]
    spectrum = np.fft.rfft2(frame, size) * np.conj(np.fft.rfft2(spread, size))
    # No window ends more than ``margin`` after the image, as none begins more before it: further
    # out a wrapped or mirrored image is the image itself again.
    shapes = zip(img.shape[1:], margin, spread.shape[1:], strict=True)
    rows, columns = (max(n + 2 * m - k + 1, 0) for n, m, k in shapes)
    return np.fft.irfft2(spectrum.sum(0), size)[:rows, :columns]


def _plane(problem: Problem, turn: Orientation) -> Floats:
    """The first plane of the result, NaN where it is not to be explained."""
    plane: Floats = problem.undone(turn)[0, 0].astype(np.float64)
    plane[~problem.explained(turn)[0, 0]] = np.nan
    return plane


def _offsets(
    plane: Floats, start: Hypothesis, canvas: Floats, margin: Pair, picked: tuple[Array, Array]
) -> Iterator[ScoredHypothesis]:
    stride = start.options.stride
    free = [n - (o - 1) * s for n, o, s in zip(canvas.shape, plane.shape, stride, strict=True)]
    if min(free) < 1:
        return
    rows, columns = picked
    distances = np.concatenate(
        [
            _distances(canvas, plane[rows, columns], block, free[1], stride, (rows, columns))
            for block in np.array_split(np.arange(free[0]), max(free[0] * free[1] >> 16, 1))
        ]
    )
    if start.boundary != "zeros":
        distances[~_outside(start, free, margin)] = np.inf
    best = _least(distances.ravel(), MAX_CANDIDATES)
    for down, right in zip(*np.unravel_index(best, distances.shape), strict=True):
        if np.isfinite(distances[down, right]):
            before = margin[0] - int(down), margin[1] - int(right)
            yield ScoredHypothesis(float(distances[down, right]), replace(start, before=before))


def _least(values: Floats, many: int) -> Array:
    """Indices of the least values, in order."""
    best = np.argpartition(values, many)[:many] if len(values) > many else np.arange(len(values))
    return np.asarray(best[np.lexsort((best, values[best]))])


def _outside(start: Hypothesis, free: list[int], margin: Pair) -> Array:
    """Return where a window extends beyond the image; all boundaries agree in other elements."""
    beyond = []
    for axis, (many, m) in enumerate(zip(free, margin, strict=True)):
        first = np.arange(many) - m
        span = reach(start.shapes.kernel, start.options)[axis]
        last = first + (start.shapes.result[axis] - 1) * start.options.stride[axis] + span
        beyond.append((first < 0) | (last >= start.shapes.image[axis]))
    return beyond[0][:, None] | beyond[1]


def _pick_elements(plane: Floats, edge: int) -> tuple[Array, Array]:
    """Return where to compare: finite elements of evenly ranked values, away from the edge."""
    inner = np.zeros(plane.shape, bool)
    inner[edge : plane.shape[0] - edge, edge : plane.shape[1] - edge] = True
    where = np.flatnonzero(inner & np.isfinite(plane))
    values, first = np.unique(plane.flat[where], return_index=True)
    cut = len(values) // 50
    ranks = np.linspace(cut, len(values) - 1 - cut, min(ELEMENTS, len(values)))
    ranked = where[first[np.rint(ranks).astype(int)]] if len(values) else where
    if len(ranked) < min(ELEMENTS, len(where)):
        ranked = np.unique(np.concatenate([ranked, where[:: max(len(where) // ELEMENTS, 1)]]))
    rows, columns = np.unravel_index(ranked, plane.shape)
    return rows, columns


def _distances(
    canvas: Floats, y: Floats, downs: Array, rights: int, stride: Pair, at: tuple[Array, Array]
) -> Floats:
    """Root of the mean square that is left, scale and bias fitted, by offset."""
    rows = downs[:, None, None] + stride[0] * at[0]
    columns = np.arange(rights)[:, None] + stride[1] * at[1]
    predicted = canvas[rows, columns]
    if len(y) < AFFINE:
        return np.asarray(np.sqrt(np.mean((predicted - y) ** 2, axis=-1)))
    centred, moved = predicted - predicted.mean(-1, keepdims=True), y - y.mean()
    along = centred @ moved
    spread = np.einsum("ijn,ijn->ij", centred, centred)
    left = moved @ moved - along**2 / np.where(spread, spread, np.inf)
    return np.asarray(np.sqrt(np.maximum(left, 0) / len(y)))
