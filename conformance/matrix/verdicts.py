"""Runs the checks that pytest collected, and turns their reports into verdicts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.backends.protocol import Unsupported
from conv2d_conformance.errors import Measured, NonconformanceError, NotRun, Refused
from conv2d_conformance.matrix.check_ids import check_id
from conv2d_conformance.matrix.plugin import (
    BACKENDS_UNDER_TEST,
    RECORDING,
    check_of,
    expected_failures,
)
from conv2d_conformance.matrix.recording import Recording, outcome_of
from conv2d_conformance.matrix.rerun_command import rerun_command
from conv2d_conformance.matrix.selection import planned
from conv2d_conformance.reports.tables.measured import UNDECLARED, sentence
from conv2d_conformance.reports.tables.summary import LEFT_OUT, ONLY_A_PART
from conv2d_conformance.runtime.time_budget import OverBudget
from conv2d_conformance.under_test.backend import MissingBackend
from conv2d_conformance.under_test.framework_warnings import framework_warnings

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from pathlib import Path

    from conv2d_conformance.checks.registry import Check
    from conv2d_conformance.reports.document.sample import Sample
    from conv2d_conformance.under_test.backend import BackendUnderTest

NOT_JUDGED = pytest.StashKey[Exception]()
# The checks that have a verdict, and those that would have one if no option left out any; no
# timings.
RAN = pytest.StashKey[int]()
PLANNED = pytest.StashKey[int]()
# By backend, without L1: loading proves nothing.
COUNTS = pytest.StashKey[dict[str, Counter[str]]]()
# By backend, then by clause: what a call that declares nothing does otherwise, each answer once.
ANSWERS = pytest.StashKey[dict[str, dict[str, dict[str, None]]]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Charge a check's test, from set-up to its record, to its backend."""
    if not isinstance(item, pytest.Function) or check_of(item.function) is None:
        return (yield)
    with parameters(item)[0].cost.charge("harness"):
        return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a check through `Check.run`; skip what cannot be judged, with its reason."""
    check = check_of(pyfuncitem.function)
    if check is None:
        return None
    wanted = pyfuncitem._fixtureinfo.argnames
    fixtures: dict[str, Any] = {name: pyfuncitem.funcargs[name] for name in wanted}
    try:
        with framework_warnings():
            check.run(**fixtures)
    except (Unsupported, Refused, Measured, NotRun) as reason:
        pyfuncitem.stash[NOT_JUDGED] = reason
        pytest.skip(str(reason))
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shorten a nonconformance to its message, and record the verdict."""
    report = yield
    check = check_of(getattr(item, "function", None))
    if check is None or not isinstance(item, pytest.Function):
        return report
    error = call.excinfo.value if call.excinfo else None
    script = _script(item, call, report, check)
    if report.failed and isinstance(error, NonconformanceError):
        report.longrepr = f"{error}\nrepeat: {rerun_command(check_id(item), parameters(item)[0])}"
        report.longrepr += f"\nscript: {script}" if script else ""
    if call.when == "call" or report.failed:
        subject, _ = parameters(item)
        reason = item.stash.get(NOT_JUDGED, None)
        outcome = outcome_of(report, error, reason)
        if check.clause.section != "timing":
            item.config.stash[RAN] = item.config.stash.get(RAN, 0) + 1
        if check.clause.section != "loading" or outcome != "passed":
            counts = item.config.stash.setdefault(COUNTS, {})
            counts.setdefault(subject.spec.name, Counter())[outcome] += 1
        if outcome == "measured":
            _keep_answer(item, check, str(reason))
        if recording := item.config.stash.get(RECORDING, None):
            sample = _sample(recording, item, call, report, check)
            _record(recording, item, report, error, check, script, sample)
    return report


def _keep_answer(item: pytest.Function, check: Check, reason: str) -> None:
    """Keep what a call did for the summary, but for facts that are shown by themselves."""
    if reason.startswith(UNDECLARED):
        answers = item.config.stash.setdefault(ANSWERS, {})
        said = answers.setdefault(parameters(item)[0].spec.name, {})
        said.setdefault(check.clause.id, {})[reason.removeprefix(UNDECLARED)] = None


def _script(
    item: pytest.Function, call: pytest.CallInfo[None], report: pytest.TestReport, check: Check
) -> Path | None:
    """Write the reproducer of a failure, in a run that keeps its results."""
    recording = item.config.stash.get(RECORDING, None)
    if recording is None or call.when != "call" or not report.failed or call.excinfo is None:
        return None
    with framework_warnings():
        return recording.bugs.write(*parameters(item), check, call.excinfo.value)


def _sample(
    recording: Recording,
    item: pytest.Function,
    call: pytest.CallInfo[None],
    report: pytest.TestReport,
    check: Check,
) -> Sample | None:
    """Return the sample of a failure; readers look at an expected one as much as at others."""
    wrong = report.failed or (report.skipped and hasattr(report, "wasxfail"))
    if call.when != "call" or not wrong or call.excinfo is None:
        return None
    with framework_warnings():
        return recording.bugs.sample(*parameters(item), check, call.excinfo.value)


def parameters(item: pytest.Function) -> tuple[BackendUnderTest, Any]:
    """Return the backend under test and the case of a check's test."""
    given: dict[str, Any] = dict(item.callspec.params)
    return given["subject"], given["case"]


def _record(
    recording: Recording,
    item: pytest.Function,
    report: pytest.TestReport,
    error: BaseException | None,
    check: Check,
    script: Path | None,
    sample: Sample | None,
) -> None:
    subject, case = parameters(item)
    reason = item.stash.get(NOT_JUDGED, None)
    known = next((r for r in expected_failures(subject, check.name) if r.covers(case.id)), None)
    recording.verdict(
        subject, check, case, outcome_of(report, error, reason),
        node=check_id(item),
        seconds=report.duration,
        symptom=getattr(reason or error, "symptom", None),
        message=None if error is None or reason else f"{error}" or repr(error),
        reason=str(reason) if reason else known.reason if known else None,
        link=known.link if known else None,
        severity=known.severity if known else None,
        script=script,
        sample=sample,
    )  # fmt: skip
    if isinstance(reason, OverBudget):
        recording.left_out(subject, case, str(reason))
    if report.passed and check.clause.section == "timing" and subject.clock.taken:
        recording.timing(subject, case, subject.clock.taken)


def _passed(config: pytest.Config) -> int:
    """Count the checks that passed."""
    return sum(counts["passed"] for counts in config.stash.get(COUNTS, {}).values())


def _not_loaded(config: pytest.Config, counted: Mapping[str, Counter[str]]) -> list[str]:
    """Return why backends did not load, where the check that says so was left out."""
    return [
        subject.raw.reason
        for subject in config.stash.get(BACKENDS_UNDER_TEST, [])
        if isinstance(subject.raw, MissingBackend)
        and not counted.get(subject.spec.name, Counter())["failed"]
    ]


def _counts(config: pytest.Config) -> Iterator[str]:
    """Yield the outcomes of each backend, and what it does if it declares nothing."""
    for name, counts in config.stash.get(COUNTS, {}).items():
        line = ", ".join(f"{number} {outcome}" for outcome, number in counts.most_common())
        yield f"{name}: {line}"
        for clause, said in config.stash.get(ANSWERS, {}).get(name, {}).items():
            yield f"  {clause}, measured: {sentence(list(said))}"


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print a line for each backend, and where the results are."""
    counted = config.stash.get(COUNTS, {})
    reasons = _not_loaded(config, counted)
    if not counted and not reasons:
        return
    terminalreporter.section("conformance")
    for reason in reasons:
        terminalreporter.line(reason, red=True)
    if not counted:
        return
    for line in _counts(config):
        terminalreporter.line(line)
    if all(not counts.keys() & {"passed", "failed", "error"} for counts in counted.values()):
        terminalreporter.line("nothing passed: a run that checks nothing does not pass", red=True)
    if (left_out := config.stash.get(PLANNED, 0) - config.stash.get(RAN, 0)) > 0:
        terminalreporter.line(
            f"{left_out} of {config.stash[PLANNED]} {LEFT_OUT}: {ONLY_A_PART}",
            yellow=True,
        )
    if path := config.getoption("results"):
        terminalreporter.line(f"results: {path}")
    if RECORDING in config.stash:
        for note in config.stash[RECORDING].bugs.notes():
            terminalreporter.line(note)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run if nothing passed or something is missing; mark the end of a complete run."""
    checks = [item for item in session.items if check_of(getattr(item, "function", None))]
    missing = any(
        isinstance(s.raw, MissingBackend) for s in session.config.stash.get(BACKENDS_UNDER_TEST, [])
    )
    if checks and exitstatus == pytest.ExitCode.OK and (missing or not _passed(session.config)):
        session.exitstatus = exitstatus = pytest.ExitCode.TESTS_FAILED
    # Processes that share a run see a part of it each.
    distributed = hasattr(session.config, "workerinput") or session.config.getoption("dist", "no")
    if checks and distributed in (False, "no"):
        session.config.stash[PLANNED] = planned(session.config)
    recording = session.config.stash.get(RECORDING, None)
    if recording is not None and exitstatus != pytest.ExitCode.INTERRUPTED:
        for subject in session.config.stash[BACKENDS_UNDER_TEST]:
            recording.cost(subject)
        recording.end(int(exitstatus), session.config.stash.get(PLANNED, 0))
