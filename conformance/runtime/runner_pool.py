"""Which interpreter a selector asks for, and the interpreters that are shared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends import registry
from conv2d_conformance.backends.registry import UnknownBackendError
from conv2d_conformance.runtime.in_process import SECONDS
from conv2d_conformance.runtime.remote import RemoteRunner
from conv2d_conformance.runtime.worker_process import WorkerProcess

if TYPE_CHECKING:
    from collections.abc import Mapping


def split_selector(selector: str) -> tuple[str, Path | None]:
    """A selector's name and its interpreter: ``NAME@PATH``; None is this one.

    Raises
    ------
    UnknownBackendError
        If there is no file of that path.
    """
    words = selector.split("@")
    # Either may have an @ of its own, as Homebrew's python@3.11 and a home of name@company.
    for n in range(1, len(words)):
        if Path("@".join(words[n:])).expanduser().is_file():
            return "@".join(words[:n]), existing_python("@".join(words[n:]))
    name, at, path = selector.rpartition("@")
    return (name, existing_python(path)) if at else (selector, None)


def with_python(selector: str, python: Path | None) -> str:
    """A selector in the interpreter at ``python``, unless it names one itself."""
    return selector if python is None or "@" in selector else f"{selector}@{python}"


def existing_python(path: str) -> Path:
    """The interpreter at a path, which may begin with ``~``; not resolved, for a link may be one.

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
    """What runs in one process: one framework, or one file."""
    return name.rpartition(":")[0] if ":" in name else name.split(".")[0]


class RunnerPool:
    """Interpreters, one for each python and framework; they start when they are asked.

    Parameters
    ----------
    environment : mapping or None
        Environment variables that they have beside our own.
    seconds : float
        Deadline of each call.
    trusting : bool
        Whether backends that are not ours also run in this process if no interpreter is named.
    """

    def __init__(
        self,
        environment: Mapping[str, str] | None = None,
        seconds: float = SECONDS,
        *,
        trusting: bool = False,
    ) -> None:
        self._environment = environment
        self.seconds, self.trusting = seconds, trusting
        self._interpreters: dict[tuple[Path | None, str], WorkerProcess] = {}

    def runner(self, selector: str) -> RemoteRunner:
        """A backend where its selector says, or in another process of this interpreter.

        Raises
        ------
        Unavailable
            If the interpreter does not start or the backend does not load there.
        UnknownBackendError
            If the selector stands for none.
        """
        name, python = split_selector(selector)
        return RemoteRunner(self._interpreter(python, name), name, self.seconds)

    def select(self, selector: str) -> list[str]:
        """The selectors of single backends that one stands for where it says.

        Raises
        ------
        UnknownBackendError
            If it stands for none.
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
        """What an interpreter is and holds; see `WorkerProcess.greeting`.

        Raises
        ------
        Unavailable
            If it does not start.
        """
        return self._interpreter(python, "").greeting

    def stop(self) -> None:
        """End every interpreter."""
        for interpreter in self._interpreters.values():
            interpreter.stop()

    def _interpreter(self, python: Path | None, name: str) -> WorkerProcess:
        key = python, process_key(name)
        if key not in self._interpreters:
            self._interpreters[key] = WorkerProcess(python, self._environment)
        return self._interpreters[key]
