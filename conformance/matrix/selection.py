"""Checks ``-m``, ``-k`` and ``--layer``: reports an expression that selects nothing."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.checks.clauses import SECTIONS
from conv2d_conformance.checks.registry import load_checks
from conv2d_conformance.matrix.plugin import (
    BACKENDS_UNDER_TEST,
    check_of,
    marker,
)
from conv2d_conformance.under_test.framework_warnings import framework_warnings

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

DESELECTED = pytest.StashKey[int]()
# "Could not judge", as on the command line.
EXIT_NOT_JUDGED = 2
SECTION_WORDS = f"a section: {', '.join(map(marker, SECTIONS))}"
OPERATORS = {"and", "or", "not", "True", "False"}


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main() -> Generator[None, object, object]:
    """Exit for a usage error with the code of everything else that could not be judged."""
    try:
        return (yield)
    except pytest.UsageError as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return EXIT_NOT_JUDGED


def pytest_sessionstart(session: pytest.Session) -> None:
    """Refuse an ``-m`` that names no section, before any framework is loaded."""
    expression = session.config.option.markexpr
    known = {re.split(r"\W", line, maxsplit=1)[0] for line in session.config.getini("markers")}
    wrong = set(re.findall(r"[^\W\d]\w*", expression)) - known - OPERATORS
    # A marker's arguments hold names too; pytest checks those.
    if wrong and "=" not in expression:
        msg = f"nothing was judged: there is no section {min(wrong)!r}; -m takes {SECTION_WORDS}"
        raise pytest.UsageError(msg)


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count the checks that were left out."""
    for item in items:
        if check_of(getattr(item, "function", None)):
            item.config.stash[DESELECTED] = item.config.stash.get(DESELECTED, 0) + 1


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    """Report that everything was left out, and what could have been selected."""
    if left_out := _all_left_out(config, exitstatus):
        terminalreporter.line(
            f"nothing was judged: {_words(config)} selects none of {left_out} checks; -k takes a "
            f"clause (V1) or a word of a test's name or case, -m {SECTION_WORDS}",
            red=True,
        )


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Exit with the code of everything else that could not be judged."""
    if _all_left_out(session.config, exitstatus):
        session.exitstatus = EXIT_NOT_JUDGED


def planned(config: pytest.Config) -> int:
    """Return how many checks there are for the backends, if no option leaves out any.

    Timings are not counted: without them a call is judged as well.
    """
    subjects = config.stash[BACKENDS_UNDER_TEST]
    with framework_warnings():
        judging = [c for c in load_checks().values() if c.clause.section != "timing"]
        return sum(check.planned(subject) for check in judging for subject in subjects)


def _all_left_out(config: pytest.Config, exitstatus: int) -> int:
    """Return how many checks were left out, if that left none."""
    nothing = exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED
    return config.stash.get(DESELECTED, 0) if nothing else 0


def _words(config: pytest.Config) -> str:
    given = {"-k": config.option.keyword, "-m": config.option.markexpr}
    return " ".join(f"{option} {words!r}" for option, words in given.items() if words)
