"""A call that hangs or ends the process costs its own record, not the run."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from conformance.cost import Cost
from conformance.nonconformance import ExitedError, TimedOutError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backends.protocol import Backend, Padding, Pads
    from conformance.reference import Array

SECONDS = 60.0
PATIENCE = 2


class Guarded:
    """A backend whose every call has a deadline and cannot end the process.

    The deadline reaches what gives control back to Python; a loop in C that never does is not
    interrupted. After `PATIENCE` deadlines the backend is not called again. ``cost`` is where the
    time of each call is put down.
    """

    def __init__(
        self, backend: Backend, seconds: float = SECONDS, cost: Cost | None = None
    ) -> None:
        self.spec = backend.spec
        self.cost = cost or Cost(compiles=backend.spec.compiles)
        self._backend = backend
        self._seconds = seconds
        self._missed = 0

    def another(self, backend: Backend) -> Guarded:
        """Another adapter of the same call, put to the same cost."""
        return Guarded(backend, self._seconds, self.cost)

    def conv2d(self, img: Array, k: Array, padding: Padding | Pads, **options: Any) -> Array:
        """Call it.

        Raises
        ------
        TimedOutError, ExitedError
            If it outran its deadline, or called for the process to end.
        """
        return self._called("conv2d", img, k, padding, **options)  # type: ignore[no-any-return]

    def conv_transpose2d(self, img: Array, k: Array, padding: Padding, **options: Any) -> Array:
        """Call it; raises as `conv2d`."""
        operands = img, k, padding
        return self._called("conv_transpose2d", *operands, **options)  # type: ignore[no-any-return]

    def gradients(
        self, img: Array, k: Array, padding: Padding | Pads, cotangent: Array, **options: Any
    ) -> tuple[Array, Array]:
        """Have the framework differentiate the call; raises as `conv2d`."""
        operands = img, k, padding, cotangent
        return self._called("gradients", *operands, **options)  # type: ignore[no-any-return]

    def fused(self, *operands: Any) -> Array:
        """Have the call followed by bias, addition and ReLU; raises as `conv2d`."""
        return self._called("fused", *operands)  # type: ignore[no-any-return]

    def _called(self, method: str, *operands: Any, **options: Any) -> Any:
        if self._missed >= PATIENCE:
            msg = f"{self.spec.call}: not called, for {PATIENCE} calls outran {self._seconds:g} s"
            raise TimedOutError(msg)
        try:
            with (
                _deadline(self._seconds, self.spec.call),
                _no_exit(self.spec.call),
                self.cost.of(self.cost.call(method, *operands, **options)),
            ):
                return getattr(self._backend, method)(*operands, **options)
        except TimedOutError:
            self._missed += 1
            raise
        except SystemExit as error:
            msg = f"{self.spec.call}: called sys.exit({error.code!r})"
            raise ExitedError(msg) from error


@contextmanager
def _deadline(seconds: float, call: str) -> Iterator[None]:
    """Raise in the main thread when the time is up, where there is a timer."""
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
