"""Connects the checks to pytest: options, the matrix of tests, and the plugins that run it."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.backends.find_adapter import UnknownBackendError
from conv2d_conformance.backends.protocol import Unavailable
from conv2d_conformance.backends.registry import operation
from conv2d_conformance.cases import random_data
from conv2d_conformance.cases.layers import EXAMPLE, NotALayerError, parse
from conv2d_conformance.checks.clauses import SECTIONS
from conv2d_conformance.checks.expected_failure import ExpectedFailure
from conv2d_conformance.checks.expected_failures import EXPECTED_FAILURES
from conv2d_conformance.checks.registry import REGISTERED, Check
from conv2d_conformance.errors import SYMPTOMS
from conv2d_conformance.matrix.recording import Recording
from conv2d_conformance.reports.document.files import DocumentError
from conv2d_conformance.runtime.in_process import SECONDS
from conv2d_conformance.runtime.runner_pool import RunnerPool, split_selector, with_python
from conv2d_conformance.under_test.backend import BackendUnderTest, MissingBackend
from conv2d_conformance.under_test.factory import load, put_under_test
from conv2d_conformance.under_test.framework_warnings import framework_warnings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_benchmark.fixture import BenchmarkFixture

    from conv2d_conformance.checks.registry import CaseLike

# Their hooks run before those of this module, the last one first. A mistake that needs nothing
# built is then reported before anything is built.
pytest_plugins = (
    "conv2d_conformance.matrix.collection",
    "conv2d_conformance.matrix.run_accounts",
    "conv2d_conformance.matrix.interpreter_options",
    "conv2d_conformance.matrix.selection",
    "conv2d_conformance.matrix.verdicts",
    "conv2d_conformance.matrix.timing_turns",
)
DEFAULT = "textbook"
# The sections that come last: timings, and before them what released calls have hung on.
LAST = ("timing", "bad_input")
SELECTED_PYTHON = pytest.StashKey[Path | None]()
BACKENDS_UNDER_TEST = pytest.StashKey[list[BackendUnderTest]]()
RECORDING = pytest.StashKey[Recording]()
MATCHED_RECORDS = pytest.StashKey[set[ExpectedFailure]]()
OFFERED_RECORDS = pytest.StashKey[set[ExpectedFailure]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the suite; `pytest --help` lists them."""
    group = parser.getgroup("conv2d-conformance")
    group.addoption(
        "--backend",
        action="append",
        metavar="NAME",
        help="call under test: a dotted name, a prefix of names (scipy), package.module:attr or "
        "path/to/file.py:attr, each with @PATH for the Python at PATH; may be repeated. "
        f"Default: {DEFAULT}.",
    )
    group.addoption(
        "--in-process",
        action="store_true",
        help="also run backends that are not shipped in the suite's process, for a debugger.",
    )
    group.addoption(
        "--deadline",
        type=float,
        default=SECONDS,
        metavar="SECONDS",
        help="the time limit of one call. Default: %(default)s.",
    )
    group.addoption(
        "--layer",
        action="append",
        default=[],
        metavar="ID",
        help=f"check only this layer, as {EXAMPLE}, or a transposed one, as t-{EXAMPLE}; may be "
        "repeated.",
    )
    group.addoption("--results", metavar="FILE", help="write the results document to FILE.")
    group.addoption(
        "--environment", metavar="NAME", help="name of this environment in the document."
    )
    group.addoption(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="vary the random data of every case and of the search. Default: %(default)s.",
    )
    group.addoption(
        "--time-budget",
        type=float,
        default=2.0,
        metavar="SECONDS",
        help="leave out a timing whose calls would take longer. Default: %(default)s.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Set the seed of all data, and register a marker for each section of clauses."""
    random_data.SEED.set(config.getoption("seed"))
    for section in SECTIONS:
        config.addinivalue_line("markers", f"{marker(section)}: checks of the section {section!r}.")


def marker(section: str) -> str:
    """Return the marker of a section, usable with ``-m``."""
    return section.replace(" ", "_")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Load the requested backends before anything runs; an unknown name stops the run."""
    config = session.config
    selectors = config.getoption("backend") or [DEFAULT]
    config.stash[MATCHED_RECORDS], config.stash[OFFERED_RECORDS] = set(), set()
    try:
        config.stash[BACKENDS_UNDER_TEST] = _subjects(config, selectors)
        if path := config.getoption("results"):
            if config.getoption("dist", "no") != "no":
                msg = "--results is written by one process; leave out -n"
                raise pytest.UsageError(msg)
            environment = config.getoption("environment") or selectors[0]
            config.stash[RECORDING] = Recording.start(
                path, environment, config.invocation_params.args, config.stash[BACKENDS_UNDER_TEST]
            )
    except (UnknownBackendError, DocumentError, NotALayerError) as error:
        raise pytest.UsageError(str(error)) from error


def _subjects(config: pytest.Config, selectors: Sequence[str]) -> list[BackendUnderTest]:
    """Return a backend under test for each selected backend.

    Raises
    ------
    UnknownBackendError
        If a selector matches no backend, or two Pythons have the same backend.
    """
    seconds, trusting = config.getoption("deadline"), config.getoption("in_process")
    pool = RunnerPool(seconds=seconds, trusting=trusting)
    python = config.stash[SELECTED_PYTHON]
    every = [with_python(selector, python) for selector in selectors]
    names = list(dict.fromkeys(name for s in every for name in pool.select(s)))
    made = [_subject(config, pool, name) for name in names]
    twice = [name for name, many in Counter(s.spec.name for s in made).items() if many > 1]
    if twice:
        msg = f"{twice[0]} is asked for twice; run each interpreter as an environment of its own"
        raise UnknownBackendError(msg)
    return made


def _subject(config: pytest.Config, pool: RunnerPool, selector: str) -> BackendUnderTest:
    try:
        with framework_warnings():
            subject = load(pool, selector)
    except Unavailable as error:
        name = split_selector(selector)[0]
        subject = put_under_test(MissingBackend(name, str(error), operation(name)), selector)
    subject.clock.budget = config.getoption("time_budget")
    subject.requested_cases = tuple(map(parse, config.getoption("layer")))
    return subject


class Stopwatch:
    """pytest-benchmark's fixture, made at first use.

    An unused fixture warns when it is torn down. A call that fails before it is timed would then
    fail twice.
    """

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request

    @property
    def off(self) -> bool:
        """Whether an option, or xdist, has switched it off."""
        session: Any = self._request.config._benchmarksession  # type: ignore[attr-defined]
        return bool(session.disabled or session.skip)

    def __call__(self) -> BenchmarkFixture:
        """Return the fixture."""
        return self._request.getfixturevalue("benchmark")  # type: ignore[no-any-return]


@pytest.fixture
def stopwatch(request: pytest.FixtureRequest) -> Stopwatch:
    """Return what times a call in this process; a worker process times its own calls."""
    return Stopwatch(request)


def check_of(function: Any) -> Check | None:
    """Return the check of a test function, or None if it is not a check."""
    check = REGISTERED.get(getattr(function, "__name__", ""))
    return check if check is not None and check.function is function else None


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, obj: object) -> list[pytest.Item] | None:
    """Leave out a check for which no backend has a case: pytest would make a test without input.

    The check may be about another operation, or about layers that were not requested.
    """
    check = check_of(obj)
    subjects = collector.config.stash.get(BACKENDS_UNDER_TEST, [])
    with framework_warnings():
        if check is None or any(next(check.cases_for(subject), None) for subject in subjects):
            return None
    return []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize each check with backends × cases."""
    check = check_of(metafunc.function)
    if check is None:
        return
    with framework_warnings():
        params = [
            _param(metafunc.config, check, subject, case)
            for subject in metafunc.config.stash[BACKENDS_UNDER_TEST]
            for case in check.cases_for(subject)
        ]
    metafunc.parametrize(("subject", "case"), params)


def _param(config: pytest.Config, check: Check, subject: BackendUnderTest, case: CaseLike) -> Any:
    name = subject.spec.name
    marks = [getattr(pytest.mark, marker(check.clause.section))]
    for record in expected_failures(subject, check.name):
        if not subject.requested_cases:
            config.stash[OFFERED_RECORDS].add(record)
        if record.covers(case.id):
            config.stash[MATCHED_RECORDS].add(record)
            symptom = SYMPTOMS[record.symptom]
            xfail = pytest.mark.xfail(reason=record.reason, raises=symptom, strict=record.strict)
            marks.append(xfail)
    return pytest.param(subject, case, id=f"{name}-{case.id}", marks=marks)


# The cases of one check follow each other, and there are a thousand of them.
@lru_cache(maxsize=64)
def expected_failures(subject: BackendUnderTest, check: str) -> tuple[ExpectedFailure, ...]:
    """Return the expected failures of a backend in a check, by name."""
    return tuple(
        record
        for record in EXPECTED_FAILURES
        if record.expects(subject.spec, check, subject.packages)
    )


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let ``-k V1`` select the checks of clause V1."""
    if check := check_of(getattr(item, "function", None)):
        item.extra_keyword_matches.add(check.clause.id)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Move what may hang, and timings, to the end; refuse an expected failure without a case."""
    # What depends on the processor may not apply on this one.
    dead = [
        record
        for record in config.stash[OFFERED_RECORDS]
        if record.certain and record not in config.stash[MATCHED_RECORDS]
    ]
    if dead:
        record = min(dead, key=repr)
        msg = (
            f"an expected failure names no case: {record.backend}, {record.check}, "
            f"case {record.case!r}; fix or delete it in conformance/checks/expected_failures*.py"
        )
        raise pytest.UsageError(msg)
    items.sort(key=lambda item: [item.get_closest_marker(word) is not None for word in LAST])


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Record the backends and their facts before the first test runs."""
    recording = session.config.stash.get(RECORDING, None)
    if recording is None or session.config.option.collectonly or session.testsfailed:
        return
    with framework_warnings():
        for subject in session.config.stash[BACKENDS_UNDER_TEST]:
            recording.backend(subject)
        seconds = session.config.getoption("deadline")
        recording.determinism(session.config.stash[BACKENDS_UNDER_TEST], seconds)
