"""Timings by case; only times of one machine are compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conv2d_conformance.reports.tables.conventions import labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conv2d_conformance.reports.document.model import Document, Number, Run, TimingRecord
    from conv2d_conformance.reports.tables.summary import Key


@dataclass(frozen=True)
class Row:
    """One backend on one case, in words."""

    label: str
    median: str
    spread: str
    least: str
    first: str
    calls: str
    place: str
    fastest: bool


@dataclass
class Rung:
    """The timings of one case on one machine, the fastest first."""

    case: str
    words: str
    machine: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class SkippedTiming:
    """A timing that was not taken, and why."""

    label: str
    case: str
    reason: str


def timings(document: Document) -> list[Rung]:
    """Return the timings grouped by case and machine."""
    names = labels(document)
    groups: dict[tuple[str, str, str], list[tuple[str, TimingRecord]]] = {}
    for run in document["runs"]:
        for record in run["records"]:
            if record["kind"] == "timing":
                key = (record["case"], _words(record), machine(run))
                label = names[run["environment"], record["backend"]]
                groups.setdefault(key, []).append((label, record))
    return [
        Rung(case, words, place, _rows(taken)) for (case, words, place), taken in groups.items()
    ]


def left_out(document: Document) -> list[SkippedTiming]:
    """Return the timings that were not taken."""
    names: Mapping[Key, str] = labels(document)
    return [
        SkippedTiming(
            names[run["environment"], record["backend"]], record["case"], record["reason"]
        )
        for run in document["runs"]
        for record in run["records"]
        if record["kind"] == "left out"
    ]


def machine(run: Run) -> str:
    """Return what must be equal for two times to be comparable."""
    found = run["fingerprint"]
    if found is None:
        return "unknown machine"
    threads = found["threads"] or "unknown"
    return f"{found['cpu'] or found['machine']}, {found['platform']}, threads: {threads}"


def duration(seconds: Number) -> str:
    """Return a time with three significant digits and a unit that suits it."""
    value = float(seconds)
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= scale:
            return f"{value / scale:.3g} {unit}" if value / scale < 1000 else f"{value:.0f} {unit}"
    return f"{value / 1e-9:.3g} ns"


def _words(record: TimingRecord) -> str:
    img, kernel = ("x".join(map(str, record[side])) for side in ("img", "kernel"))
    return f"image {img}, kernel {kernel}, {record['dtype']}, {record['padding']}"


def _rows(taken: list[tuple[str, TimingRecord]]) -> list[Row]:
    ranked = sorted(taken, key=lambda pair: _order(pair[1]["median"]))
    best = ranked[0][1]
    return [_row(label, record, best, alone=len(ranked) == 1) for label, record in ranked]


def _order(median: Number) -> float:
    value = float(median)
    return value if value == value else float("inf")


def _row(label: str, record: TimingRecord, best: TimingRecord, *, alone: bool) -> Row:
    return Row(
        label,
        duration(record["median"]),
        duration(record["iqr"]),
        duration(record["min"]),
        duration(record["first_call"]),
        f"{record['rounds']} of {record['loops']}",
        "alone" if alone else _place(record, best),
        fastest=not alone and record is best,
    )


def _place(record: TimingRecord, best: TimingRecord) -> str:
    if record is best:
        return "fastest"
    median, least = float(record["median"]), float(best["median"])
    if median - float(record["iqr"]) <= least + float(best["iqr"]):
        return "within the spread of the fastest"
    return f"{median / least:.3g} times the fastest" if least > 0 else "slower"
