"""The runner of a backend in a worker process."""

from __future__ import annotations

import builtins
from contextlib import contextmanager
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends.find_adapter import UnknownBackendError
from conv2d_conformance.backends.protocol import Spec, Unavailable, Unsupported
from conv2d_conformance.backends.worker.concurrent_calls import ThreadTimeout
from conv2d_conformance.backends.worker.wire import to_tuples
from conv2d_conformance.errors import ExitedError, NotRun, TimedOutError
from conv2d_conformance.runtime.array_mirror import ArrayMirror, decode_array
from conv2d_conformance.runtime.in_process import CallAhead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conv2d_conformance.backends.worker.wire import Message
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.runtime.worker_process import WorkerProcess

# Seconds to import a framework.
LOADING = 300.0
# Seconds that may be spent on calls that end the process, and on loading the backend again.
LOST = 180.0
PROJECT_EXCEPTIONS = {
    kind.__name__: kind for kind in (Unsupported, Unavailable, UnknownBackendError)
}


class RemoteRunner:
    """A backend by name in a worker; a `conv2d_conformance.runtime.in_process.Runner`.

    Parameters
    ----------
    interpreter : WorkerProcess
    name : str
        As `conv2d_conformance.backends.registry.load` takes it in the worker.
    seconds : float
        The deadline of each call.
    layout : str or None
        One of the adapter's layouts; None is its own.

    Raises
    ------
    Unavailable
        If the worker does not start, or the backend does not load in it.
    UnknownBackendError
        If the worker has no backend of the name.
    """

    def __init__(
        self, interpreter: WorkerProcess, name: str, seconds: float, layout: str | None = None
    ) -> None:
        self.interpreter = interpreter
        self.name, self._layout, self.seconds = name, layout, seconds
        self._generation, self._number = 0, -1
        self._deaths, self._lost = 0, 0.0
        self._arrays = ArrayMirror()
        try:
            answer = self._load()
        except (Unavailable, UnknownBackendError):
            raise
        except (TimedOutError, ExitedError) as error:
            msg = f"backend {name!r} does not load: {str(error).removeprefix(f'{name}: ')}"
            raise Unavailable(msg) from error
        except Exception as error:
            msg = f"backend {name!r} does not load: {type(error).__name__}: {error}"
            raise Unavailable(msg) from error
        self.spec = Spec(**to_tuples(answer["spec"]))
        self.settings: dict[str, str] = answer["settings"]

    @property
    def packages(self) -> dict[str, str]:
        """Versions of the distributions of the worker's Python, by normalised name."""
        return self.interpreter.greeting["packages"]  # type: ignore[no-any-return]

    @property
    def python(self) -> str:
        """The version of the worker's Python."""
        return self.interpreter.greeting["python"]  # type: ignore[no-any-return]

    def with_layout(self, layout: str) -> RemoteRunner:
        """Return the same adapter in another of its layouts."""
        return RemoteRunner(self.interpreter, self.name, self.seconds, layout)

    def call(
        self,
        method: str,
        operands: Sequence[Any],
        options: dict[str, Any],
        seconds: float | None = None,
    ) -> Any:
        """Call a method in the worker, and copy its effects on operands and earlier results.

        Raises
        ------
        TimedOutError, ExitedError
            If it exceeded its deadline, or its process ended.
        NotRun
            If it is not called, because it has ended its process too often.
        Exception
            What the call raised, by the name of its type.
        """
        forget = self._arrays.take_dropped()
        message = self._ask(
            "call", operands, seconds, method=method, options=options, forget=forget
        )
        return self._take(operands, message)

    def ahead(
        self, method: str, calls: Sequence[Sequence[Any]], within: Callable[[int], float]
    ) -> Iterator[CallAhead]:
        """Make several calls in one message, each within its seconds; yield them as they return.

        Raises as `call` at the first one without an answer, and ends there.
        """
        blobs: list[bytes] = []
        with self._counted():
            dropped = self._arrays.take_dropped()
            requests = [
                {"do": "call", "adapter": self._number, "operands": operands, "method": method,
                 "options": {}, "forget": [] if n else dropped}
                for n, operands in enumerate(self._arrays.encode_calls(calls, blobs))
            ]  # fmt: skip
            made = self.interpreter.ask_each(requests, blobs, what=self.spec.call, within=within)
            for operands, message in zip(calls, made, strict=True):
                take = partial(self._take, operands, message)
                yield CallAhead(take, returned="raised" not in message[0])

    def _take(self, operands: Sequence[Any], message: Message) -> Any:
        """Return the result of a call, and copy its effects on operands and earlier results."""
        answer, out = message
        self._arrays.update(operands, answer, out)
        return self._arrays.result(self._unless_raised(answer), out, operands)

    def time(
        self, method: str, operands: Sequence[Any], options: dict[str, Any], rounds: int, loops: int
    ) -> list[float]:
        """Return seconds per call for each of ``rounds`` rounds of ``loops`` calls."""
        return self.timed(method, operands, options, rounds, loops)

    def timed(
        self,
        method: str,
        operands: Sequence[Any],
        options: dict[str, Any],
        rounds: int,
        loops: int,
        *,
        kept: str = "",
    ) -> list[float]:
        """Do as `time`; operands that the worker ``kept`` under a name need not be sent again."""
        answer, _ = self._ask(
            "time", operands, None, method=method, options=options, rounds=rounds, loops=loops,
            kept=kept, calls=rounds * loops,
        )  # fmt: skip
        return self._unless_raised(answer)["seconds"]  # type: ignore[no-any-return]

    def bare(self, _: str) -> None:
        """Return None: the method is in another process."""

    def at_once(
        self, method: str, operands: Sequence[Sequence[Any]], times: int
    ) -> list[list[bytes]]:
        """Return the bits of each result of ``times`` calls on each operands, in threads."""
        flat = [operand for each in operands for operand in each]
        sizes = [len(each) for each in operands]
        answer, out = self._ask(
            "at_once", flat, None, method=method, sizes=sizes, times=times, seconds=self.seconds,
            calls=times * len(operands),
        )  # fmt: skip
        bits = iter(out)
        return [[next(bits) for _ in range(many)] for many in self._unless_raised(answer)["counts"]]

    def changes(self, method: str, operands: Sequence[Any], name: str) -> list[str]:
        """Describe what a call changes in its process; ``name`` seeds the state before the call."""
        answer, _ = self._ask("changes", operands, None, method=method, name=name)
        return self._unless_raised(answer)["words"]  # type: ignore[no-any-return]

    def snippet(self, text: str, operands: Sequence[Any]) -> Array:
        """Run a snippet in the worker, on image, kernel and padding."""
        answer, out = self._ask("snippet", operands, None, text=text)
        return decode_array(self._unless_raised(answer)["array"], out)

    def _ask(
        self, do: str, operands: Sequence[Any], within: float | None, **fields: Any
    ) -> Message:
        blobs: list[bytes] = []
        with self._counted():
            described = self._arrays.encode_operands(operands, blobs)
            return self.interpreter.ask(
                do, blobs, what=self.spec.call, within=within or self.seconds,
                adapter=self._number, operands=described, **fields,
            )  # fmt: skip

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Load the backend if its process has ended, and count calls that end it.

        Raises
        ------
        NotRun
            If it has done so too often.
        """
        if self._lost > LOST:
            msg = f"{self.spec.call}: not called, for it has ended its process {self._deaths} times"
            raise NotRun(msg)
        began = monotonic()
        if not self.interpreter.greeting or self._generation != self.interpreter.generation:
            self._load()
        try:
            yield
        except ExitedError:
            self._deaths += 1
            self._lost += monotonic() - began
            raise

    def _load(self) -> dict[str, Any]:
        answer, _ = self.interpreter.ask(
            "load", name=self.name, layout=self._layout, what=self.name, within=LOADING
        )
        found = self._unless_raised(answer)
        self._generation, self._number = self.interpreter.generation, found["adapter"]
        self._arrays.clear()
        return found

    def _unless_raised(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Raise what a call raised.

        Raises
        ------
        ExitedError
            For ``sys.exit``.
        Exception
            Of the type of that name, or of a new type with that name.
        """
        if "raised" not in answer:
            return answer
        name, message = answer["raised"], answer["message"]
        if name == ThreadTimeout.__name__:
            msg = f"{self.name}: {message}"
            raise TimedOutError(msg)
        if name == "SystemExit":
            msg = f"{self.name}: called sys.exit({message})"
            raise ExitedError(msg)
        raise exception_type(name)(message)


def exception_type(name: str) -> type[Exception]:
    """Return the exception type of a name: ours, Python's, or a new one for the framework's."""
    found: Any = PROJECT_EXCEPTIONS.get(name) or getattr(builtins, name, None)
    # Some of Python's own exceptions need more than a message.
    more = (UnicodeError, BaseExceptionGroup)
    if isinstance(found, type) and issubclass(found, Exception) and not issubclass(found, more):
        return found
    return type(name, (Exception,), {})
