"""The timings for the plots, and the fastest backend at each size."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Any

from conv2d_conformance.reports.tables.conventions import labels
from conv2d_conformance.reports.tables.timings import duration, machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.reports.document.model import Document, TimingRecord


@dataclass(frozen=True)
class Best:
    """The fastest at one size, and the others whose median lies within the spread of its rounds."""

    label: str
    time: str
    near: tuple[str, ...]


@dataclass(frozen=True)
class Ranking:
    """The calls that were timed at one size on one machine, with their medians, fastest first."""

    name: str
    taken: tuple[tuple[str, float], ...]

    def words(self, seconds: float) -> str:
        """Return a time in words."""
        return duration(seconds)


@dataclass
class Fastest:
    """Who is fastest on one machine, in one dtype and padding: by image and by kernel."""

    machine: str
    words: str
    kernels: list[str] = field(default_factory=list)
    rows: dict[str, dict[str, Best]] = field(default_factory=dict)


def points(document: Document) -> list[dict[str, Any]]:
    """Return a point for each timing, in seconds and in multiplications per second."""
    return [_point(label, place, record) for label, place, record in _taken(document)]


def fastest(document: Document) -> list[Fastest]:
    """Return who is fastest at each size of a plain image."""
    groups: dict[tuple[str, str], dict[tuple[str, str], list[tuple[str, TimingRecord]]]] = {}
    for label, place, record in _taken(document):
        if len(record["img"]) == 2:
            words = f"{record['dtype']}, {record['padding']}"
            sizes = _size(record["img"]), _size(record["kernel"])
            groups.setdefault((place, words), {}).setdefault(sizes, []).append((label, record))
    return [_fastest(*key, found) for key, found in groups.items()]


def ranking(document: Document) -> Ranking | None:
    """Return the ranking at the size that most calls were timed at, of these the largest.

    None where no two calls were timed at one size.
    """
    sizes: dict[tuple[str, str, str, str], dict[str, TimingRecord]] = {}
    for label, place, record in _taken(document):
        if len(record["img"]) == 2 and _finite(float(record["median"])):
            words = f"{record['dtype']}, {record['padding']}"
            key = place, words, _size(record["img"]), _size(record["kernel"])
            sizes.setdefault(key, {})[label] = record
    if not sizes or len(max(sizes.values(), key=len)) < 2:
        return None
    key = max(sizes, key=lambda k: (len(sizes[k]), _extent(k[2]) * _extent(k[3])))
    taken = sorted(((n, float(r["median"])) for n, r in sizes[key].items()), key=lambda t: t[1])
    return Ranking(f"{key[2]} by {key[3]}, {key[1]}", tuple(taken))


def _fastest(
    place: str, words: str, found: dict[tuple[str, str], list[tuple[str, TimingRecord]]]
) -> Fastest:
    made = Fastest(place, words)
    made.kernels = sorted({kernel for _, kernel in found}, key=_extent)
    for image in sorted({image for image, _ in found}, key=_extent):
        made.rows[image] = {k: _best(found[image, k]) for k in made.kernels if (image, k) in found}
    return made


def _best(taken: list[tuple[str, TimingRecord]]) -> Best:
    label, record = min(taken, key=lambda one: float(one[1]["median"]))
    limit = float(record["median"]) + float(record["iqr"])
    near = (name for name, other in taken if name != label and float(other["median"]) <= limit)
    return Best(label, duration(record["median"]), tuple(near))


def _taken(document: Document) -> Iterator[tuple[str, str, TimingRecord]]:
    names = labels(document)
    for run in document["runs"]:
        for record in run["records"]:
            if record["kind"] == "timing":
                yield names[run["environment"], record["backend"]], machine(run), record


def _point(label: str, place: str, record: TimingRecord) -> dict[str, Any]:
    layer = len(record["img"]) != 2
    median = float(record["median"])
    return {
        "backend": label,
        "library": label.split(".")[0][:40],
        "case": record["case"][:200],
        "machine": place,
        "layer": layer,
        "image": _size(record["img"]),
        "side": max(record["img"][-2:]),
        "kernel": _size(record["kernel"]),
        "median": _finite(median),
        "low": _finite(max(median - float(record["iqr"]) / 2, float(record["min"]) / 2)),
        "high": _finite(median + float(record["iqr"]) / 2),
        "first": _finite(float(record["first_call"])),
        "rate": None if layer or median <= 0 else _finite(_products(record) / median),
        "words": _words(record),
    }


def _products(record: TimingRecord) -> int:
    """Multiplications of a direct sum for an output as large as the image."""
    return prod(record["img"]) * prod(record["kernel"])


def _words(record: TimingRecord) -> str:
    spread = f"middle half of the rounds {duration(record['iqr'])} wide"
    return f"{duration(record['median'])}, {spread}; first call {duration(record['first_call'])}"


def _size(shape: list[int]) -> str:
    return "×".join(map(str, shape))


def _extent(size: str) -> int:
    return prod(map(int, size.split("×")))


def _finite(value: float) -> float | None:
    return float(f"{value:.4g}") if 0 < value < float("inf") else None
