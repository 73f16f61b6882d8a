"""Paired timing of two versions in worker processes: the ratio of their times."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from conv2d_conformance.cases.layer_tables import FULL
from conv2d_conformance.runtime.in_process import SECONDS
from conv2d_conformance.runtime.remote import RemoteRunner
from conv2d_conformance.runtime.runner_pool import split_selector
from conv2d_conformance.runtime.time_budget import LADDER, ROUNDS
from conv2d_conformance.runtime.worker_process import WorkerProcess
from conv2d_conformance.upgrade.compare_speed import compare

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conv2d_conformance.cases.case import Case
    from conv2d_conformance.reports.document.model import Document, RatioRecord
    from conv2d_conformance.upgrade.compare_speed import Ratio
    from conv2d_conformance.upgrade.schedule import Progress

TIMED: tuple[Case, ...] = (*LADDER, *FULL)


class RemoteProcess:
    """One fresh process with one backend; a `conv2d_conformance.upgrade.paired_processes.Process`.

    Operands are sent once, with the first call.
    """

    def __init__(self, selector: str) -> None:
        name, python = split_selector(selector)
        self._interpreter = WorkerProcess(python)
        self._backend = RemoteRunner(self._interpreter, name, SECONDS)
        self._sent: set[str] = set()

    def time(self, case: Case, rounds: int, loops: int) -> list[float]:
        """Return seconds per call for each round, timed in the worker."""
        options = case.keywords
        operands = () if case.id in self._sent else (*case.arrays(), case.padding)
        self._sent.add(case.id)
        return self._backend.timed("conv2d", operands, options, rounds, loops, kept=case.id)

    def close(self) -> None:
        """End the process."""
        self._interpreter.stop()


def to_time(before: Document, after: Document, backend: str) -> list[Case]:
    """The cases timed on one side, and on the other too or only left out there for their time.

    One that became slow enough to be left out is the last that may go unseen.
    """
    (was, late_before), (now, late_after) = (_clocked(each, backend) for each in (before, after))
    chosen = (was.keys() & (now.keys() | late_after)) | (now.keys() & late_before)
    return [case for case in TIMED if case.id in chosen]


def unseen(
    before: Document, after: Document, backend: str, ratios: Iterable[Ratio], longest: float
) -> list[Case]:
    """Return the cases without a ratio that were far slower in the second run.

    The second run leaves them out, because `ROUNDS` calls exceed ``longest`` seconds. In the first
    run they took less than a third of that.
    """
    (was, _), (_, late) = (_clocked(each, backend) for each in (before, after))
    quick = {case for case, seconds in was.items() if 3 * ROUNDS * seconds < longest}
    lost = (quick & late) - {ratio.case.id for ratio in ratios}
    return [case for case in TIMED if case.id in lost]


def _clocked(document: Document, backend: str) -> tuple[dict[str, float], set[str]]:
    """Seconds per call of the cases that passed and were timed; and those that were left out."""
    (run,) = document["runs"]
    timed, late = {}, set()
    for record in run["records"]:
        if record["kind"] == "timing" and record["backend"] == backend:
            timed[record["case"]] = float(record["median"])
        elif record["kind"] == "left out" and record["backend"] == backend:
            late.add(record["case"])
    return timed, late


def ratios(
    selectors: tuple[str, str],
    cases: list[Case],
    seconds: float,
    level: float,
    progress: Progress,
) -> list[Ratio]:
    """Compare a backend of two interpreters on some cases; see `upgrade.compare_speed.compare`."""
    a, b = (partial(RemoteProcess, selector) for selector in selectors)
    return compare(a, b, cases, budget=seconds, level=level, progress=progress)


def record(backend: str, ratio: Ratio, against: str) -> RatioRecord:
    """Return the record of a ratio; only a case that was measured twice counts as slower."""
    return {
        "kind": "ratio",
        "backend": backend,
        "case": ratio.case.id,
        "ratio": ratio.ratio,
        "low": ratio.low,
        "high": ratio.high,
        "level": ratio.level,
        "pairs": ratio.pairs,
        "confirmed": ratio.confirmed,
        "slower": ratio.confirmed,
        "against": against,
    }
