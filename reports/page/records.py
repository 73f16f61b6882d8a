"""Packs every verdict of a document for the page's scripts.

Records that differ only in their case form one group. Its cases are runs of positions in a list
of all cases, so backends that pass the same cases take almost no space.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conv2d_conformance.reports.page.budget import Table
from conv2d_conformance.reports.page.packing import pack
from conv2d_conformance.reports.tables.conventions import clip, labels
from conv2d_conformance.reports.tables.links import cell_place
from conv2d_conformance.reports.tables.reasons import web
from conv2d_conformance.reports.tables.summary import OUTCOMES, verdicts, worse_margin

if TYPE_CHECKING:
    from markupsafe import Markup

    from conv2d_conformance.reports.document.model import Document, VerdictRecord
    from conv2d_conformance.reports.document.sample import Sample

TEXTS, SAMPLES = 900_000, 700_000
LONGEST_CASE, FEW = 200, 8
BYTES = 4  # of a record with its margin, packed, if hardly any two are alike


def packed_records(document: Document, room: int = 900_000) -> Markup:
    """Return all that the scripts show of each record; what does not fit is left out and said.

    First go the margins of the passed, then their names and all but some of the others.
    """
    total = sum(len(run["records"]) for run in document["runs"])
    keeps = (Keep(), Keep(margins=False), Keep(passed=False, groups=FEW))
    for keep in keeps[int(total * BYTES > room) :]:
        text = pack(_Pack(keep).pack_document(document))
        if len(text) <= room:
            break
    return text


class Keep:
    """The single records that the page includes.

    Parameters
    ----------
    margins, passed : bool
        Whether to include the margins of passed checks, and the passed checks themselves.
    groups : int
        The groups to include for one cell; of further records only the count.
    """

    def __init__(self, *, margins: bool = True, passed: bool = True, groups: int = 60) -> None:
        self.margins, self.passed, self.groups = margins, passed, groups
        self.records = 10**9 if groups > FEW else 200


class _Pack:
    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._cases, self._checks = Table(10**9, LONGEST_CASE), Table(10**9)
        self._texts, self._samples = Table(TEXTS), Table(SAMPLES)
        self._cells: dict[str, dict[tuple[Any, ...], _Group]] = {}

    def pack_document(self, document: Document) -> dict[str, Any]:
        names = labels(document)
        for run in document["runs"]:
            for verdict in verdicts(run):
                place = cell_place(names[run["environment"], verdict["backend"]], verdict["clause"])
                self._add(self._cells.setdefault(place, {}), verdict)
        return {
            "outcomes": OUTCOMES,
            "checks": self._checks.values,
            "cases": self._cases.values,
            "texts": self._texts.values,
            "samples": self._samples.values,
            "cells": {p: [g.to_row(k) for k, g in cell.items()] for p, cell in self._cells.items()},
        }

    def _key(self, verdict: VerdictRecord) -> tuple[Any, ...]:
        return (
            self._checks.place(verdict["check"]) or 0,
            OUTCOMES.index(verdict["outcome"]),
            *map(self._texts.place, (verdict["symptom"], verdict["reason"])),
            self._texts.place(web(verdict["link"])),
            self._texts.place(_pattern(verdict)),
        )

    def _add(self, cell: dict[tuple[Any, ...], _Group], verdict: VerdictRecord) -> None:
        key = self._key(verdict)
        if key not in cell and len(cell) >= self._keep.groups:
            key = (*key[:2], None, None, None, None)
        group = cell.setdefault(key, _Group())
        group.count += 1
        group.worst = worse_margin(group.worst, verdict["margin"])
        passed = verdict["outcome"] == "passed"
        beyond = len(cell) > self._keep.groups or len(group.cases) >= self._keep.records
        if beyond or (passed and not self._keep.passed):
            return
        group.cases.append(self._cases.place(verdict["case"]) or 0)
        group.margins.append(_margin(verdict) if self._keep.margins or not passed else None)
        if more := self._more(verdict):
            group.more[len(group.cases) - 1] = more

    def _more(self, verdict: VerdictRecord) -> list[Any] | None:
        row = [
            self._texts.place(verdict["message"]),
            verdict["where"] if verdict["outcome"] != "passed" else None,
            self._texts.place(clip(verdict.get("script") or "", 400)),
            self._sample(verdict.get("sample")),
            None if _pattern(verdict) else self._texts.place(verdict["repeat"]),
        ]
        return row if any(one is not None for one in row) else None

    def _sample(self, sample: Sample | None) -> int | None:
        if sample is None:
            return None
        rows = [*sample["expected"], *sample["got"], *sample["difference"]]
        return self._samples.put(sample, sum(map(len, rows)) + 100)


def _pattern(verdict: VerdictRecord) -> str:
    """The command that repeats it with a mark for the case; empty if it does not name the case."""
    repeat = verdict["repeat"] or ""
    return repeat.replace(verdict["case"], "\0") if verdict["case"] in repeat else ""


class _Group:
    def __init__(self) -> None:
        self.count = 0
        self.worst: float | None = None
        self.cases: list[int] = []
        self.margins: list[Any] = []
        self.more: dict[int, list[Any]] = {}

    def to_row(self, key: tuple[Any, ...]) -> list[Any]:
        margins = self.margins if any(m is not None for m in self.margins) else None
        worst = None if self.worst is None else _digits(self.worst)
        return [*key, self.count, worst, _runs(self.cases), margins, self.more]


def _runs(places: list[int]) -> list[int]:
    """Positions as first and length of each run of them, one after the other."""
    found: list[int] = []
    for place in places:
        if found and place == found[-2] + found[-1]:
            found[-1] += 1
        else:
            found += [place, 1]
    return found


def _margin(verdict: VerdictRecord) -> Any:
    return None if verdict["margin"] is None else _digits(float(verdict["margin"]))


def _digits(value: float) -> Any:
    """Two digits, as a string where JSON has no number."""
    short = float(f"{value:.1e}") if value == value and abs(value) != float("inf") else None
    return str(value) if short is None else int(short) if short.is_integer() else short
