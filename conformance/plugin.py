"""Wires the checks to pytest: options, the matrix of tests, and the results document."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from backends.protocol import Unavailable, Unsupported
from backends.registry import UnknownBackendError, load, select
from conformance.checks import REGISTERED, Check
from conformance.clauses import SECTIONS
from conformance.expected_failures import EXPECTED_FAILURES, ExpectedFailure
from conformance.fingerprint import installed
from conformance.nonconformance import SYMPTOMS, NonconformanceError, Refused
from conformance.recording import Recording, outcome_of, repeat
from conformance.subject import Missing, Subject
from conformance.timing import LeftOut
from reports.document import DocumentError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from conformance.checks import CaseLike

DEFAULT = "textbook"
SUBJECTS = pytest.StashKey[list[Subject]]()
RECORDING = pytest.StashKey[Recording]()
NOT_JUDGED = pytest.StashKey[Exception]()
PASSED = pytest.StashKey[int]()
MET = pytest.StashKey[set[ExpectedFailure]]()
OFFERED = pytest.StashKey[set[ExpectedFailure]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the suite; `pytest --help` lists them."""
    group = parser.getgroup("conv2d-conformance")
    group.addoption(
        "--backend",
        action="append",
        metavar="NAME",
        help="call under test: a dotted name, a prefix of names (scipy), package.module:attr or "
        f"path/to/file.py:attr; may be repeated. Default: {DEFAULT}.",
    )
    group.addoption("--results", metavar="FILE", help="write the results document there.")
    group.addoption(
        "--environment", metavar="NAME", help="name of this environment in the document."
    )
    group.addoption(
        "--time-budget",
        type=float,
        default=2.0,
        metavar="SECONDS",
        help="leave out a timing whose calls would take longer. Default: %(default)s.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register one marker per section of clauses."""
    for section in SECTIONS:
        config.addinivalue_line("markers", f"{marker(section)}: checks of the section {section!r}.")


def marker(section: str) -> str:
    """Marker of a section, usable with ``-m``."""
    return section.replace(" ", "_")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Find what was asked for, before anything runs; a wrong name stops the run here."""
    config = session.config
    selectors = config.getoption("backend") or [DEFAULT]
    config.stash[MET], config.stash[OFFERED], config.stash[PASSED] = set(), set(), 0
    try:
        names = list(dict.fromkeys(name for s in selectors for name in select(s)))
        config.stash[SUBJECTS] = [_subject(config, name) for name in names]
        if path := config.getoption("results"):
            environment = config.getoption("environment") or selectors[0]
            config.stash[RECORDING] = Recording.start(
                path, environment, config.invocation_params.args
            )
    except (UnknownBackendError, DocumentError) as error:
        raise pytest.UsageError(str(error)) from error


def _subject(config: pytest.Config, name: str) -> Subject:
    try:
        with framework_warnings():
            subject = Subject(load(name))
    except Unavailable as error:
        subject = Subject(Missing(name, str(error)))
    subject.clock.budget = config.getoption("time_budget")
    return subject


@contextmanager
def framework_warnings() -> Iterator[None]:
    """Leave a framework's warnings warnings: turned into errors they would look like refusals."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        yield


def check_of(function: Any) -> Check | None:
    """The check that a test function is, if it is one."""
    check = REGISTERED.get(getattr(function, "__name__", ""))
    return check if check is not None and check.function is function else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each check its subjects × cases."""
    check = check_of(metafunc.function)
    if check is None:
        return
    with framework_warnings():
        params = [
            _param(metafunc.config, check, subject, case)
            for subject in metafunc.config.stash[SUBJECTS]
            if check.clause.section == "loading" or not isinstance(subject.backend, Missing)
            for case in check.cases_for(subject)
        ]
    metafunc.parametrize(("subject", "case"), params)


def _param(config: pytest.Config, check: Check, subject: Subject, case: CaseLike) -> Any:
    name = subject.spec.name
    marks = [getattr(pytest.mark, marker(check.clause.section))]
    for record in EXPECTED_FAILURES:
        if not record.expects(name, check.name, installed()):
            continue
        config.stash[OFFERED].add(record)
        if record.covers(case.id):
            config.stash[MET].add(record)
            symptom = SYMPTOMS[record.symptom]
            marks.append(pytest.mark.xfail(reason=record.reason, raises=symptom, strict=True))
    return pytest.param(subject, case, id=f"{name}-{case.id}", marks=marks)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let ``-k V1`` select the checks of clause V1."""
    if check := check_of(getattr(item, "function", None)):
        item.extra_keyword_matches.add(check.clause.id)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Time last, and refuse to run with an expected failure that no case meets."""
    dead = [record for record in config.stash[OFFERED] if record not in config.stash[MET]]
    if dead:
        record = min(dead, key=repr)
        msg = (
            f"an expected failure names no case: {record.backend}, {record.check}, "
            f"case {record.case!r}; mend or delete it in conformance/expected_failures.py"
        )
        raise pytest.UsageError(msg)
    items.sort(key=lambda item: item.get_closest_marker("timing") is not None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Record the backends and their facts before the first test runs."""
    recording = session.config.stash.get(RECORDING, None)
    if recording is None or session.config.option.collectonly:
        return
    with framework_warnings():
        for subject in session.config.stash[SUBJECTS]:
            recording.backend(subject)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a check through `Check.run`; what cannot be judged is skipped with its reason."""
    check = check_of(pyfuncitem.function)
    if check is None:
        return None
    wanted = pyfuncitem._fixtureinfo.argnames
    fixtures: dict[str, Any] = {name: pyfuncitem.funcargs[name] for name in wanted}
    try:
        with framework_warnings():
            check.run(**fixtures)
    except (Unsupported, Refused) as reason:
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
    if call.when == "call" and report.passed:
        item.config.stash[PASSED] += 1
    if report.failed and isinstance(error, NonconformanceError):
        report.longrepr = f"{error}\nrepeat: {repeat(item.nodeid, parameters(item)[0])}"
    recording = item.config.stash.get(RECORDING, None)
    if recording is not None and (call.when == "call" or report.failed):
        _record(recording, item, report, error, check)
    return report


def parameters(item: pytest.Function) -> tuple[Subject, Any]:
    """Subject and case of a test that is a check."""
    given: dict[str, Any] = dict(item.callspec.params)
    return given["subject"], given["case"]


def _record(
    recording: Recording,
    item: pytest.Function,
    report: pytest.TestReport,
    error: BaseException | None,
    check: Check,
) -> None:
    subject, case = parameters(item)
    reason = item.stash.get(NOT_JUDGED, None)
    outcome = outcome_of(report, error, reason)
    known = next((r for r in EXPECTED_FAILURES if _about(r, subject, check, case)), None)
    recording.verdict(
        subject, check, case, outcome,
        node=item.nodeid,
        seconds=report.duration,
        symptom=getattr(error, "symptom", None),
        message=None if error is None or reason else f"{error}" or repr(error),
        reason=str(reason) if reason else known.reason if known else None,
        link=known.link if known else None,
    )  # fmt: skip
    if isinstance(reason, LeftOut):
        recording.left_out(subject, case, str(reason))
    if outcome == "passed" and subject.clock.taken and check.clause.section == "timing":
        recording.timing(subject, case, subject.clock.taken)


def _about(record: ExpectedFailure, subject: Subject, check: Check, case: CaseLike) -> bool:
    name = subject.spec.name
    return record.expects(name, check.name, installed()) and record.covers(case.id)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A run in which nothing passed is no pass; a run that was interrupted has no end."""
    checks = [item for item in session.items if check_of(getattr(item, "function", None))]
    if checks and exitstatus == pytest.ExitCode.OK and not session.config.stash[PASSED]:
        session.exitstatus = exitstatus = pytest.ExitCode.TESTS_FAILED
    recording = session.config.stash.get(RECORDING, None)
    if recording is not None and exitstatus != pytest.ExitCode.INTERRUPTED:
        recording.end(int(exitstatus))
