"""A pool of worker processes, shared by the backends of one framework and one Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends import registry
from conv2d_conformance.backends.find_adapter import UnknownBackendError
from conv2d_conformance.runtime.in_process import SECONDS
from conv2d_conformance.runtime.remote import RemoteRunner
from conv2d_conformance.runtime.worker_process import WorkerProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def split_selector(selector: str) -> tuple[str, Path | None]:
    """Split ``NAME@PATH`` into a backend's name and the path of its Python; None is this Python.

    Raises
    ------
    UnknownBackendError
        If there is no file at that path.
    """
    words = selector.split("@")
    # Both parts may contain an @, as Homebrew's python@3.11 and a home of name@company.
    for n in range(1, len(words)):
        if Path("@".join(words[n:])).expanduser().is_file():
            return "@".join(words[:n]), existing_python("@".join(words[n:]))
    name, at, path = selector.rpartition("@")
    # What follows the @ of a folder or a file is the rest of its path, down to the function.
    if not at or (path.rpartition(":")[0] or path).endswith(".py"):
        return selector, None
    return name, existing_python(path)


def with_python(selector: str, python: Path | None) -> str:
    """Add the path of a Python to a selector, unless it names one itself."""
    named = python is None or split_selector(selector)[1] is not None
    return selector if named else f"{selector}@{python}"


def existing_python(path: str) -> Path:
    """Return the Python at a path. ``~`` is expanded; links stay, as in an environment.

    Raises
    ------
    UnknownBackendError
        If there is no such file.
    """
    found = Path(path).expanduser()
    if not found.is_file():
        msg = f"there is no interpreter {path}; give the path of a python, as .venv/bin/python"
        raise UnknownBackendError(msg)
    return found.absolute()


def process_key(name: str) -> str:
    """Return the key of a process: backends of one framework, or of one file, share a process."""
    return name.rpartition(":")[0] if ":" in name else name.split(".")[0]


class RunnerPool:
    """Worker processes, one for each Python and framework; they start at the first request.

    Parameters
    ----------
    environment : mapping or None
        Environment variables of the workers, in addition to our own.
    seconds : float
        Deadline of each call.
    trusting : bool
        Whether backends of other projects run in this process too, if no Python is named.
    output : callable or None
        Is called with what the workers print; None prints it on standard error.
    """

    def __init__(
        self,
        environment: Mapping[str, str] | None = None,
        seconds: float = SECONDS,
        *,
        trusting: bool = False,
        output: Callable[[str], object] | None = None,
    ) -> None:
        self._environment, self._output = environment, output
        self.seconds, self.trusting = seconds, trusting
        self._interpreters: dict[tuple[Path | None, str], WorkerProcess] = {}
        self._beside: dict[frozenset[tuple[str, str]], RunnerPool] = {}

    def runner(self, selector: str) -> RemoteRunner:
        """Return the runner of a backend, in the Python that its selector names or in this one.

        Raises
        ------
        Unavailable
            If the worker does not start, or the backend does not load in it.
        UnknownBackendError
            If the selector matches no backend.
        """
        name, python = split_selector(selector)
        return RemoteRunner(self._interpreter(python, name), name, self.seconds)

    def beside(self, environment: Mapping[str, str]) -> RunnerPool:
        """Return a pool of workers with more environment variables, which stops with this one."""
        key = frozenset(environment.items())
        if key not in self._beside:
            variables = {**(self._environment or {}), **environment}
            self._beside[key] = RunnerPool(variables, self.seconds, output=self._output)
        return self._beside[key]

    def select(self, selector: str) -> list[str]:
        """Return the selectors of the single backends that a selector matches in its Python.

        Raises
        ------
        UnknownBackendError
            If it matches no backend.
        """
        name, python = split_selector(selector)
        if python is None:
            return registry.select(name)
        try:
            names = registry.select(name)
        except UnknownBackendError:
            names = self._interpreter(python, name).names(name)
        return [f"{each}@{python}" for each in names]

    def greeting(self, python: Path) -> dict[str, Any]:
        """Return version and packages of a Python; see `WorkerProcess.greeting`.

        Raises
        ------
        Unavailable
            If it does not start.
        """
        return self._interpreter(python, "").greeting

    def stop(self) -> None:
        """End every worker process."""
        for interpreter in self._interpreters.values():
            interpreter.stop()
        for pool in self._beside.values():
            pool.stop()

    def _interpreter(self, python: Path | None, name: str) -> WorkerProcess:
        key = python, process_key(name)
        if key not in self._interpreters:
            self._interpreters[key] = WorkerProcess(python, self._environment, output=self._output)
        return self._interpreters[key]
