"""The interface of a runner, and the runner of a backend in this process."""

from __future__ import annotations

import os
import platform
import signal
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from conv2d_conformance.backends import precision
from conv2d_conformance.backends.worker import (
    concurrent_calls,
    process_state,
    stopwatch,
)
from conv2d_conformance.backends.worker import run_snippet as snippet
from conv2d_conformance.backends.worker.installed_packages import installed
from conv2d_conformance.errors import ExitedError, TimedOutError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conv2d_conformance.backends.protocol import Spec
    from conv2d_conformance.definition.correlation import Array

SECONDS = 60.0


@dataclass(frozen=True)
class CallAhead:
    """A call that was made ahead: ``take`` gives its result, or raises what it raised."""

    take: Callable[[], Any]
    returned: bool
    seconds: float = 0.0


class Runner(Protocol):
    """Runs a backend; every call has a deadline and cannot end the suite."""

    @property
    def spec(self) -> Spec:
        """The adapter's declaration of its call."""

    @property
    def seconds(self) -> float:
        """The deadline of a call for which no other one is given."""

    @property
    def settings(self) -> dict[str, str]:
        """The settings of its framework that are in force."""

    @property
    def packages(self) -> dict[str, str]:
        """Versions of the distributions that are installed where it runs, by normalised name."""

    @property
    def python(self) -> str:
        """The version of its Python."""

    def with_layout(self, layout: str) -> Runner:
        """Return the same adapter in another of its layouts."""

    def call(
        self,
        method: str,
        operands: Sequence[Any],
        options: dict[str, Any],
        seconds: float | None = None,
    ) -> Any:
        """Call a method of the adapter; raises as it does, or `TimedOutError`, `ExitedError`."""

    def ahead(
        self, method: str, calls: Sequence[Sequence[Any]], within: Callable[[int], float]
    ) -> Iterator[CallAhead] | None:
        """Make several calls before their results are needed, or return None if it saves nothing.

        ``within`` gives the seconds of each by its number. Raises as `call`, and ends there.
        """

    def time(
        self, method: str, operands: Sequence[Any], options: dict[str, Any], rounds: int, loops: int
    ) -> list[float]:
        """Return seconds per call for each of ``rounds`` rounds of ``loops`` calls."""

    def bare(self, method: str) -> Callable[..., Array] | None:
        """Return the method itself for timing; None if it is in another process."""

    def at_once(
        self, method: str, operands: Sequence[Sequence[Any]], times: int
    ) -> list[list[bytes]]:
        """Return the bits of each result of ``times`` calls on each operands, in threads."""

    def changes(self, method: str, operands: Sequence[Any], name: str) -> list[str]:
        """Describe what a call changes in its process; ``name`` seeds the state before the call."""

    def snippet(self, text: str, operands: Sequence[Any]) -> Array:
        """Run a snippet where the backend runs, on image, kernel and padding."""


@cache
def _installed() -> dict[str, str]:
    return installed()


class InProcessRunner:
    """A backend in this process.

    The deadline interrupts code that returns control to Python, not an endless loop in C. Of the
    ways to end the process, only ``os._exit`` is prevented.
    """

    def __init__(self, backend: Any, seconds: float = SECONDS) -> None:
        self._backend, self.seconds = backend, seconds

    @property
    def spec(self) -> Spec:
        """The adapter's declaration of its call."""
        return self._backend.spec  # type: ignore[no-any-return]

    @property
    def settings(self) -> dict[str, str]:
        """The settings of the frameworks in this process."""
        return precision.settings()

    @property
    def packages(self) -> dict[str, str]:
        """Versions of the distributions of this Python, by normalised name."""
        return _installed()

    @property
    def python(self) -> str:
        """The version of this Python."""
        return platform.python_version()

    def with_layout(self, layout: str) -> InProcessRunner:
        """Return the same adapter in another of its layouts."""
        return InProcessRunner(type(self._backend)(layout=layout), self.seconds)

    def call(
        self,
        method: str,
        operands: Sequence[Any],
        options: dict[str, Any],
        seconds: float | None = None,
    ) -> Any:
        """Call a method of the adapter.

        Raises
        ------
        TimedOutError, ExitedError
            If it exceeded its deadline, or tried to end the process.
        """
        call = self.spec.call
        try:
            with _deadline(seconds or self.seconds, call), _no_exit(call):
                return getattr(self._backend, method)(*operands, **options)
        except SystemExit as error:
            msg = f"{call}: called sys.exit({error.code!r})"
            raise ExitedError(msg) from error

    def ahead(self, *_: object) -> None:
        """Return None: a call in this process costs no message."""

    def time(
        self, method: str, operands: Sequence[Any], options: dict[str, Any], rounds: int, loops: int
    ) -> list[float]:
        """Return seconds per call for each round; without a deadline, which would be timed too."""
        return stopwatch.seconds_per_call(self.bare(method), operands, options, rounds, loops)

    def bare(self, method: str) -> Callable[..., Array]:
        """Return the method itself."""
        return getattr(self._backend, method)  # type: ignore[no-any-return]

    def at_once(
        self, method: str, operands: Sequence[Sequence[Any]], times: int
    ) -> list[list[bytes]]:
        """Return the bits of each result of ``times`` calls on each operands, in threads."""
        try:
            return concurrent_calls.call_concurrently(
                self.bare(method), operands, times, self.seconds
            )
        except concurrent_calls.ThreadTimeout as late:
            msg = f"{self.spec.call}: {late}"
            raise TimedOutError(msg) from late

    def changes(self, method: str, operands: Sequence[Any], name: str) -> list[str]:
        """Describe what a call changes in this process."""
        return process_state.changes(lambda: self.call(method, operands, {}), name)

    def snippet(self, text: str, operands: Sequence[Any]) -> Array:
        """Run a snippet on image, kernel and padding."""
        return snippet.run(text, operands)


@contextmanager
def _deadline(seconds: float, call: str) -> Iterator[None]:
    """Raise in the main thread when the time is up, if the platform has a timer."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        yield
        return

    def ring(*_: Any) -> NoReturn:
        msg = f"{call}: no result within {seconds:g} s"
        raise TimedOutError(msg)

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _no_exit(call: str) -> Iterator[None]:
    """Turn ``os._exit`` into an exception: an exit code of 0 would look like a pass."""

    def refuse(status: int) -> NoReturn:
        msg = f"{call}: called os._exit({status})"
        raise ExitedError(msg)

    before, os._exit = os._exit, refuse
    try:
        yield
    finally:
        os._exit = before
