"""What every run of pytest loads, where this package is installed: almost nothing.

The suite's own options and the matrix come in only where a run asks for them by
``--pyargs conv2d_conformance``. Other runs get a marker, for `parametrize_with_checks`, and its
receipts.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from conv2d_conformance.testing.receipt import Receipt

PACKAGE = __name__.partition(".")[0]
MARKER = "conv2d_conformance"
DECORATOR = f"{PACKAGE}.testing.parametrize"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: Sequence[str]) -> None:
    """Load the matrix for a run of the suite itself."""
    named = any(arg.partition("::")[0].split(".")[0] == PACKAGE for arg in args)
    if "--pyargs" in args and named:
        early_config.pluginmanager.import_plugin(f"{PACKAGE}.plugin")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, for runs with ``--strict-markers``, and what counts its tests."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(clause, section, cost): a check of conv2d_conformance.testing, as "
        f"{MARKER}(section='geometry') or {MARKER}(clause='V1').",
    )
    config.pluginmanager.register(SessionReceipts(config), f"{PACKAGE}-receipts")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let reports say what they count for, if the decorator was used at all."""
    if DECORATOR in sys.modules:
        _receipts().label(session.items)


class SessionReceipts:
    """Counts the checks of one session; of other tests it reads nothing but their properties."""

    def __init__(self, config: pytest.Config) -> None:
        self._config, self._counts = config, False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Keep how a check was skipped, before pytest makes any skip of it."""
        if call.when == "call" and call.excinfo and item.get_closest_marker(MARKER):
            _receipts().keep_outcome(item, call.excinfo.value)
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a check."""
        for key, counted in report.user_properties:
            if key == MARKER:
                self._counts = True
                _receipts().count(self._config, report, counted)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a session in which fewer checks ran than must."""
        few = self._counts and not all(each.enough for _, each in self._all())
        # A worker of pytest-xdist sees a part of the checks.
        if few and session.exitstatus == pytest.ExitCode.OK and not self._works_for_another:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print what ran of each call."""
        if self._counts:
            terminalreporter.section("conv2d-conformance")
            for name, each in self._all():
                terminalreporter.line(f"{name}: {each}", red=not each.enough)

    def _all(self) -> Iterable[tuple[str, Receipt]]:
        return _receipts().receipts(self._config)  # type: ignore[no-any-return]

    @property
    def _works_for_another(self) -> bool:
        return hasattr(self._config, "workerinput")


def _receipts() -> Any:
    """Return the module that counts; most runs never load it."""
    return import_module(f"{PACKAGE}.testing.session_receipts")
