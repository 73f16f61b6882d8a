"""Writes the results document of a run, record by record."""

from __future__ import annotations

import math
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends.protocol import Unsupported
from conv2d_conformance.checks.clauses import CLAUSES
from conv2d_conformance.errors import (
    ExitedError,
    Measured,
    NonconformanceError,
    NotRun,
    TimedOutError,
)
from conv2d_conformance.matrix.reproducers.writer import Reproducers
from conv2d_conformance.matrix.rerun_command import rerun_command
from conv2d_conformance.probe import determinism
from conv2d_conformance.reports.document.files import Recorder
from conv2d_conformance.runtime import fingerprint
from conv2d_conformance.under_test.backend import MissingBackend

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from conv2d_conformance.checks.registry import CaseLike, Check
    from conv2d_conformance.reports.document.model import (
        Number,
        Outcome,
        RunHeader,
        VerdictRecord,
    )
    from conv2d_conformance.reports.document.sample import Sample
    from conv2d_conformance.reports.document.severity import Severity
    from conv2d_conformance.runtime.in_process import Runner
    from conv2d_conformance.runtime.time_budget import MeasuredTime
    from conv2d_conformance.under_test.backend import BackendUnderTest


def now() -> str:
    """Return the current time in UTC, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def header(environment: str, command: str, runner: Runner | None) -> RunHeader:
    """Return the header of a document: everything about a run except its records."""
    return {
        "environment": environment,
        "started": now(),
        "command": command,
        "not_run": None,
        "fingerprint": fingerprint.take(runner),
        "clauses": [
            {"id": c.id, "section": c.section, "title": c.title, "statement": c.statement}
            for c in CLAUSES.values()
        ],
    }


def to_json_value(value: float) -> Number:
    """Convert a value to what JSON can hold."""
    if math.isfinite(value):
        return value
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


class Recording:
    """One run's document, open for appending."""

    def __init__(self, recorder: Recorder, bugs: Reproducers) -> None:
        self._recorder = recorder
        self.bugs = bugs

    @classmethod
    def start(
        cls, path: str, environment: str, args: Sequence[str], subjects: list[BackendUnderTest]
    ) -> Recording:
        """Begin the document at ``path``; its fingerprint is of the Python in which backends run.

        Raises
        ------
        DocumentError
            If it cannot be written.
        """
        command = shlex.join(("pytest", *map(str, args)))
        runners = {
            s.runner.python: s.runner for s in subjects if not isinstance(s.raw, MissingBackend)
        }
        runner = next(iter(runners.values())) if len(runners) == 1 else None
        recorder = Recorder(Path(path), header(environment, command, runner))
        return cls(recorder, Reproducers(path, environment))

    def backend(self, subject: BackendUnderTest) -> None:
        """Record a backend and, if it loads, everything that the probe measured."""
        spec, missing = subject.spec, isinstance(subject.raw, MissingBackend)
        there = subject.packages
        self._recorder.add({
            "kind": "backend",
            "backend": spec.name,
            "call": spec.call,
            "algorithm": spec.algorithm,
            "versions": {d: there[d] for d in spec.distributions if d in there},
            "paddings": [] if missing else list(subject.paddings),
            "dtypes": [] if missing else list(subject.dtypes),
            "declared": _declared(subject),
            "settings": {} if missing else subject.runner.settings,
            "python": None if missing else subject.runner.python,
            "available": not missing,
            "reason": subject.raw.reason if isinstance(subject.raw, MissingBackend) else None,
        })  # fmt: skip
        if not missing:
            self._facts(subject)

    def _facts(self, subject: BackendUnderTest) -> None:
        spec = subject.spec
        declared: dict[str, Any] = _declared(subject) | {
            word: getattr(spec, word) for word in ("reads", "ends", "output_padding")
        }
        if declared["anchor"]:
            declared["anchor"] = {"rows": declared["anchor"], "columns": declared["anchor"]}
        cases = "covering subset: it compiles for each shape" if subject.spec.compiles else "all"
        for fact, value in {**subject.facts(), "cases": cases}.items():
            self._recorder.add({
                "kind": "fact",
                "backend": subject.spec.name,
                "fact": fact,
                "value": value,
                "declared": declared.get(fact),
                "detail": None,
            })  # fmt: skip

    def determinism(self, subjects: list[BackendUnderTest], seconds: float) -> None:
        """Record whether other processes give the same bits; one framework at a time."""
        there = [s for s in subjects if not isinstance(s.raw, MissingBackend)]
        for name, facts in determinism.measure(there, seconds).items():
            for fact, value in facts.items():
                self._recorder.add({
                    "kind": "fact", "backend": name, "fact": fact, "value": value,
                    "declared": None, "detail": None,
                })  # fmt: skip

    def verdict(
        self,
        subject: BackendUnderTest,
        check: Check,
        case: CaseLike,
        outcome: Outcome,
        *,
        node: str,
        seconds: float,
        symptom: str | None = None,
        message: str | None = None,
        reason: str | None = None,
        link: str | None = None,
        severity: Severity | None = None,
        script: Path | None = None,
        sample: Sample | None = None,
    ) -> None:
        """Record the outcome of one check on one case."""
        margin = subject.margin
        record: VerdictRecord = {
            "kind": "verdict",
            "id": node,
            "backend": subject.spec.name,
            "clause": check.clause.id,
            "check": check.name,
            "case": case.id,
            "definition": case.definition(),
            "outcome": outcome,
            "symptom": symptom,
            "message": message,
            "reason": reason,
            "link": link,
            "margin": to_json_value(margin.ratio) if margin else None,
            "where": list(margin.where) if margin else None,
            "seconds": round(seconds, 6),
            "repeat": rerun_command(node, subject),
            "script": f"{script.parent.name}/{script.name}" if script else None,
            "sample": sample,
        }
        if severity and outcome == "expected failure":
            record["severity"] = severity
        self._recorder.add(record)

    def timing(self, subject: BackendUnderTest, case: Any, timing: MeasuredTime) -> None:
        """Record the timing of one size."""
        self._recorder.add({
            "kind": "timing",
            "backend": subject.spec.name,
            "case": case.id,
            "img": list(case.shapes[0]),
            "kernel": list(case.shapes[1]),
            "dtype": case.dtype,
            "padding": case.padding_word,
            "first_call": timing.first_call,
            "median": timing.median,
            "iqr": timing.iqr,
            "min": timing.min,
            "rounds": timing.rounds,
            "loops": timing.loops,
        })  # fmt: skip

    def left_out(self, subject: BackendUnderTest, case: CaseLike, reason: str) -> None:
        """Record a size that was not timed, and why."""
        self._recorder.add(
            {"kind": "left out", "backend": subject.spec.name, "case": case.id, "reason": reason}
        )

    def cost(self, subject: BackendUnderTest) -> None:
        """Record where the run's time went; the gate must ignore this fact."""
        self._recorder.add({
            "kind": "fact", "backend": subject.spec.name, "fact": "cost",
            "value": subject.cost.facts(), "declared": None, "detail": "seconds",
        })  # fmt: skip

    def end(self, status: int, planned: int) -> None:
        """Record that the run completed, and how many checks it has if no option leaves out any."""
        self._recorder.add({"kind": "end", "finished": now(), "exit": status, "planned": planned})
        self._recorder.close()


def outcome_of(
    report: pytest.TestReport, error: BaseException | None, not_judged: Exception | None
) -> Outcome:
    """Return the outcome of a test's report; what could not be judged says why in its error."""
    if isinstance(not_judged, NotRun):
        return "not run"
    if isinstance(not_judged, Measured):
        return "measured"
    if not_judged is not None:
        return "unsupported" if isinstance(not_judged, Unsupported) else "refused"
    if hasattr(report, "wasxfail"):
        return "expected failure" if report.skipped else "passed"  # strict ones do not come here
    if report.passed:
        return "passed"
    if report.skipped:
        return "not run"
    if error is None:
        return "unexpected pass"  # pytest fails a strict expected failure that raises nothing
    return outcome_of_error(error)


def outcome_of_error(error: BaseException) -> Outcome:
    """Return the outcome of a check that raised; the clause was not met, or the check broke."""
    if isinstance(error, TimedOutError):
        return "timed out"
    if isinstance(error, ExitedError):
        return "crashed"
    return "failed" if isinstance(error, NonconformanceError) else "error"


def _declared(subject: BackendUnderTest) -> Any:
    spec = subject.spec
    return {
        "orientation": spec.orientation,
        "anchor": spec.anchor,
        "boundary": spec.boundary,
        "larger_kernel": spec.larger_kernel,
    }
