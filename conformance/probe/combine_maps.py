"""Combines the index maps of a call into one orientation, anchor and boundary."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from conv2d_conformance.definition.conventions import AXES, Axis, Conventions, Shifts, output_size
from conv2d_conformance.probe.index_map import fit_map

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conv2d_conformance.definition.correlation import Boundary, Orientation
    from conv2d_conformance.definition.shapes import Shape
    from conv2d_conformance.probe.index_map import IndexMap, MapFit


class _MapFits:
    """One map and the interpretations that fit it."""

    def __init__(self, found: IndexMap) -> None:
        self.map = found
        self.by_orientation: dict[Orientation, MapFit] = {f.orientation: f for f in fit_map(found)}

    def kernel(self, orientation: Orientation) -> Shape:
        kh, kw = self.map.kernel
        return (kw, kh) if orientation.startswith("transposed") else (kh, kw)

    @cached_property
    def output(self) -> Shape:
        rows, columns = self.map.source.shape[2:]
        return rows, columns


def combine(maps: Iterable[IndexMap]) -> Conventions:
    """Return the conventions that explain the maps, and a complaint for each other map."""
    readings = [_MapFits(found) for found in maps]
    orientation = _orientation(readings)
    if orientation is None:
        return Conventions(None, None, complaints=_no_orientation(readings))
    shifts = _shifts(readings, orientation)
    found = Conventions(orientation, _boundary(readings, orientation), shifts)
    wrong = {r.map: text for r in readings if (text := _complaint(r, found, orientation))}
    return replace(found, complaints=(*_pattern([r.map for r in readings], wrong), *wrong.values()))


def _orientation(readings: list[_MapFits]) -> Orientation | None:
    votes = Counter(name for reading in readings for name in reading.by_orientation)
    ranked = votes.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def _no_orientation(readings: list[_MapFits]) -> tuple[str, ...]:
    unread = [reading.map.name for reading in readings if not reading.by_orientation]
    if not unread:
        return ()
    return (f"no orientation and shift explains {', '.join(unread[:3])}",)


def _shifts(readings: list[_MapFits], orientation: Orientation) -> Shifts:
    votes: dict[tuple[Axis, int], Counter[int]] = {}
    for reading in readings:
        fit = reading.by_orientation.get(orientation)
        if fit is None or reading.map.padding != "same":
            continue
        for axis, extent, before in zip(AXES, reading.kernel(orientation), fit.before, strict=True):
            count = votes.setdefault((axis, extent % 2), Counter())
            count[before - (extent - 1) // 2] += 1
    return {key: count.most_common(1)[0][0] for key, count in votes.items()}


def _boundary(readings: list[_MapFits], orientation: Orientation) -> Boundary | None:
    votes = Counter(
        name
        for reading in readings
        if (fit := reading.by_orientation.get(orientation)) and fit.reaches_border
        for name in fit.boundaries
    )
    return votes.most_common(1)[0][0] if votes else None


def _complaint(reading: _MapFits, found: Conventions, orientation: Orientation) -> str | None:
    fit = reading.by_orientation.get(orientation)
    name, padding = reading.map.name, reading.map.padding
    if fit is None:
        if not reading.by_orientation:
            return f"{name}: no orientation and shift explains it; elsewhere {orientation} does"
        return f"{name}: not {orientation}, as elsewhere, but {', '.join(reading.by_orientation)}"
    kernel = reading.kernel(orientation)
    size = output_size(padding, reading.map.image, kernel)
    if reading.output != size:
        return f"{name}: the output has shape {reading.output}, not {size}"
    expected = found.before(padding, kernel)
    if fit.before != expected:
        rows, columns = (b - a for a, b in zip(expected, fit.before, strict=True))
        return f"{name}: shifted by ({rows}, {columns}) against the other sizes"
    if fit.reaches_border and found.boundary not in fit.boundaries:
        elsewhere = f"{found.boundary}, as elsewhere" if found.boundary else "any known boundary"
        return f"{name}: the border is not {elsewhere}"
    return None


def _pattern(maps: list[IndexMap], wrong: Iterable[IndexMap]) -> Iterator[str]:
    """Return what the wrong maps share and no right one has, such as an even image width."""
    traits = {"image height": 0, "image width": 1, "kernel height": 2, "kernel width": 3}
    chosen = set(wrong)
    paddings = dict.fromkeys(m.padding for m in maps if m in chosen)
    everywhere = len(paddings) == len({m.padding for m in maps})
    under = "" if everywhere else f"{', '.join(paddings)}: "
    for trait, axis in traits.items():
        for parity, word in enumerate(("even", "odd")):
            sizes = {m: (*m.image, *m.kernel)[axis] % 2 for m in maps if m.padding in paddings}
            if chosen and chosen == {m for m in sizes if sizes[m] == parity}:
                other = ("odd", "even")[parity]
                yield f"{under}wrong for every {word} {trait}, right for every {other} one"
