"""The ratio of two versions' times, each call made in a host: paired timing of hosted backends."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from conformance.here import SECONDS
from conformance.hosted import Hosted
from conformance.interpreter import Interpreter
from conformance.layer import Layer
from conformance.layer_cases import FULL
from conformance.paired import compare
from conformance.places import parted
from conformance.timing import LADDER

if TYPE_CHECKING:
    from conformance.cases import Case
    from conformance.interleaved import Progress
    from conformance.paired import Ratio
    from reports.model import Document, RatioRecord

TIMED: tuple[Case | Layer, ...] = (*LADDER, *FULL)


class HostedProcess:
    """One fresh process with one backend; a `conformance.interleaved.Process`.

    Operands go there once, with the first call.
    """

    def __init__(self, selector: str) -> None:
        name, python = parted(selector)
        self._interpreter = Interpreter(python)
        self._backend = Hosted(self._interpreter, name, SECONDS)
        self._sent: set[str] = set()

    def time(self, case: Case | Layer, rounds: int, loops: int) -> list[float]:
        """Seconds per call of each round, taken there."""
        options = case.keywords if isinstance(case, Layer) else {}
        operands = () if case.id in self._sent else (*case.arrays(), case.padding)
        self._sent.add(case.id)
        return self._backend.timed("conv2d", operands, options, rounds, loops, kept=case.id)

    def close(self) -> None:
        """End it."""
        self._interpreter.stop()


def timed_in_both(before: Document, after: Document, backend: str) -> list[Case | Layer]:
    """The cases that passed, and were timed, on both sides."""
    both = _timed(before, backend) & _timed(after, backend)
    return [case for case in TIMED if case.id in both]


def _timed(document: Document, backend: str) -> set[str]:
    (run,) = document["runs"]
    return {
        record["case"]
        for record in run["records"]
        if record["kind"] == "timing" and record["backend"] == backend
    }


def ratios(
    selectors: tuple[str, str],
    cases: list[Case | Layer],
    seconds: float,
    level: float,
    progress: Progress,
) -> list[Ratio]:
    """Compare a backend of two interpreters on some cases; see `conformance.paired.compare`."""
    a, b = (partial(HostedProcess, selector) for selector in selectors)
    return compare(a, b, cases, budget=seconds, level=level, progress=progress)


def record(backend: str, ratio: Ratio, against: str) -> RatioRecord:
    """What the document holds of a ratio; only what was measured twice counts as slower."""
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
