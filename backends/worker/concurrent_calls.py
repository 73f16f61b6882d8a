"""Makes calls from several threads at the same time.

Runs unchanged on Python 3.7 with numpy 1.16.
"""

from __future__ import annotations

import sys
import threading
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Callable, Sequence

    from conv2d_conformance.backends.protocol import Array

# Seconds for which one thread may run before another gets its turn; 5 ms by default.
TURN = 1e-5


class ThreadTimeout(Exception):  # noqa: N818  (a thread is)
    """A thread did not finish in time."""


class Caller(threading.Thread):
    """A thread that repeats a call, and keeps the last results or the exception.

    It is a daemon thread: one that hangs must not keep the process alive.
    """

    def __init__(self, call: Callable[..., Array], operands: Sequence[Any], times: int) -> None:
        super().__init__(daemon=True)
        self.results: list[bytes] = []
        self.error: Exception | None = None
        self._call, self._operands, self._times = call, operands, times

    def run(self) -> None:
        """Make the calls and keep the bits of each result."""
        try:
            for _ in range(self._times):
                self.results.append(self._call(*self._operands).tobytes())
        except Exception as error:  # noqa: BLE001  (raised again where it can be judged)
            self.error = error


def call_concurrently(
    call: Callable[..., Array], operands: Sequence[Sequence[Any]], times: int, seconds: float
) -> list[list[bytes]]:
    """Return the bits of each result of ``times`` calls on each operands, in threads.

    Raises
    ------
    Exception
        What a call raised.
    ThreadTimeout
        If a thread does not finish within ``seconds``.
    """
    callers = [Caller(call, each, times) for each in operands]
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        _run(callers, seconds)
    finally:
        sys.setswitchinterval(before)
    for caller in callers:
        if caller.error is not None:
            raise caller.error
    return [caller.results for caller in callers]


def _run(callers: Sequence[Caller], seconds: float) -> None:
    until = monotonic() + seconds
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(max(until - monotonic(), 0))
        if caller.is_alive():
            msg = f"{len(callers)} threads at once: no result within {seconds:g} s"
            raise ThreadTimeout(msg)
