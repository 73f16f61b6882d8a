"""Calls from several threads at once."""

from __future__ import annotations

import sys
import threading
from time import monotonic
from typing import TYPE_CHECKING, Any

from conformance.nonconformance import RaisedError, TimedOutError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.reference import Array

# Seconds for which one thread may run before another gets its turn; 5 ms by default.
TURN = 1e-5


class Caller(threading.Thread):
    """Makes the same call again and again; what the last calls gave, or raised, is kept.

    A daemon: one that hangs must not keep the process from ending.
    """

    def __init__(self, call: Callable[..., Array], operands: tuple[Any, ...], times: int) -> None:
        super().__init__(daemon=True)
        self.results: list[bytes] = []
        self.error: Exception | None = None
        self._call, self._operands, self._times = call, operands, times

    def run(self) -> None:
        """Keep the bits of each result."""
        try:
            for _ in range(self._times):
                self.results.append(self._call(*self._operands).tobytes())
        except Exception as error:  # noqa: BLE001  (raised again where it can be judged)
            self.error = error


def at_once(
    call: Callable[..., Array], operands: Sequence[tuple[Any, ...]], times: int, seconds: float
) -> list[list[bytes]]:
    """The bits of each result of ``times`` calls on each of the operands, a thread for each.

    Raises
    ------
    RaisedError
        If a call raises.
    TimedOutError
        If a thread is not done within ``seconds``.
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
            kind = type(caller.error).__name__
            msg = f"raised {kind} in one of {len(callers)} threads: {caller.error}"
            raise RaisedError(msg) from caller.error
    return [caller.results for caller in callers]


def _run(callers: Sequence[Caller], seconds: float) -> None:
    until = monotonic() + seconds
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(max(until - monotonic(), 0))
        if caller.is_alive():
            msg = f"{len(callers)} threads at once: no result within {seconds:g} s"
            raise TimedOutError(msg)
