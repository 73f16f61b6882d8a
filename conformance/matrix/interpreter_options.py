"""The options that choose the Python of a run; a run may end early if there is no such Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.matrix.plugin import SELECTED_PYTHON
from conv2d_conformance.matrix.recording import now
from conv2d_conformance.reports.document.files import DocumentError, save
from conv2d_conformance.reports.document.model import SCHEMA_VERSION
from conv2d_conformance.runtime.environments.choose_python import resolve_python
from conv2d_conformance.runtime.environments.find_python import CannotBuildError, NoPythonError

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Run


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that choose the Python."""
    group = parser.getgroup("conv2d-conformance")
    group.addoption(
        "--python",
        metavar="PYTHON",
        help="run backends in another Python: its path, or a version such as 3.7 (or later). It "
        "needs NumPy and the framework, nothing of the suite. Default: shipped backends run in "
        "the suite's process, others in a worker process of the same Python.",
    )
    group.addoption(
        "--requirement",
        action="append",
        default=[],
        metavar="REQ",
        help="run backends in an environment with REQ, as pip takes it (scipy==1.3.0), built "
        "once and cached; may be repeated.",
    )
    group.addoption(
        "--if-available",
        action="store_true",
        help="if the Python is not on this machine, write a document that says so, and exit with "
        "0.",
    )


def pytest_sessionstart(session: pytest.Session) -> None:
    """Find or build the environment, after the options were checked and before backends load."""
    option = session.config.option
    try:
        session.config.stash[SELECTED_PYTHON] = resolve_python(option.requirement, option.python)
    except NoPythonError as error:
        if not option.if_available:
            raise pytest.UsageError(str(error)) from error
        _leave_out(session.config, str(error))
    except CannotBuildError as error:
        raise pytest.UsageError(str(error)) from error


def _leave_out(config: pytest.Config, reason: str) -> None:
    """End the session with success, and a document that says why it has no records."""
    option = config.option
    if option.results:
        words = " ".join(("pytest", *map(str, config.invocation_params.args)))
        name = option.environment or (option.backend or ["?"])[0]
        try:
            leave_out(Path(option.results), name, words, reason)
        except DocumentError as error:
            raise pytest.UsageError(str(error)) from error
    pytest.exit(f"not run: {reason}", returncode=0)


def leave_out(path: Path, environment: str, command: str, reason: str) -> None:
    """Write the document of a run that did not take place.

    Raises
    ------
    DocumentError
        If it cannot be written.
    """
    run: Run = {
        "environment": environment,
        "started": now(),
        "command": command,
        "not_run": reason,
        "fingerprint": None,
        "clauses": [],
        "records": [],
    }
    save({"schema_version": SCHEMA_VERSION, "runs": [run]}, path)
