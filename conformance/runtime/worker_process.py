"""Another Python behind pipes, in which a host answers requests: a crash there spares the suite.

The process starts at the first request, and again after it has died. A request that exceeds its
deadline, its memory limit or its limit of output ends the process.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import weakref
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import IO, TYPE_CHECKING, Any, TypeAlias

import psutil

from conv2d_conformance.backends.find_adapter import UnknownBackendError
from conv2d_conformance.backends.protocol import Unavailable
from conv2d_conformance.backends.worker import wire
from conv2d_conformance.errors import ExitedError, TimedOutError
from conv2d_conformance.runtime.worker_output import WorkerOutput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from conv2d_conformance.backends.worker.wire import Message

    # The seconds of each request of a message, by its number.
    Deadlines: TypeAlias = Callable[[int], float]

HOST = Path(wire.__file__).with_name("host.py")
MIB = 2**20
MEMORY = min(8192 * MIB, psutil.virtual_memory().total // 2)
# Seconds between two checks of memory and output while waiting for an answer.
TICK = 0.05
STARTING = 120.0
# Seconds for a process that is being stopped, to flush its output.
STOP_TIMEOUT = 2.0
# Variables that one Python sets must not lead another one to its packages.
RESERVED_VARIABLES = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")


class WorkerProcess:
    """One worker process.

    Parameters
    ----------
    python : Path
        The Python executable; by default this one.
    environment : mapping
        Environment variables of the worker, in addition to our own.
    memory : int
        The memory limit in bytes; by default `MEMORY`.
    output : callable
        Is called with what the worker prints; by default standard error gets it.
    """

    def __init__(
        self,
        python: Path | None = None,
        environment: Mapping[str, str] | None = None,
        memory: int | None = None,
        output: Callable[[str], object] | None = None,
    ) -> None:
        self.python = python or Path(sys.executable)
        self.generation = 0
        self._own = python is None
        self._environment = dict(environment or {})
        self._memory = memory or MEMORY
        self._output = output
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: SimpleQueue[Message | None] = SimpleQueue()
        self._calls = 1
        self._greeting: dict[str, Any] = {}

    @property
    def greeting(self) -> dict[str, Any]:
        """``python`` and ``packages``: its version and its installed distributions.

        Raises
        ------
        Unavailable
            If it does not start.
        """
        self._running()
        return self._greeting

    def ask(
        self,
        do: str,
        blobs: Sequence[bytes] = (),
        *,
        what: str,
        within: float,
        calls: int = 1,
        **fields: Any,
    ) -> Message:
        """Make a request and return its answer; ``what`` names it in messages.

        It makes so many ``calls``, each of which may print something.

        Raises
        ------
        Unavailable
            If the process does not start.
        TimedOutError, ExitedError
            If there is no answer ``within`` so many seconds; if the process ended or was killed.
        """
        self._running()
        self._calls = calls
        return self._request({"do": do, **fields}, list(blobs), what, within)

    def ask_each(
        self,
        requests: Sequence[dict[str, Any]],
        blobs: Sequence[bytes],
        *,
        what: str,
        within: Deadlines,
    ) -> Iterator[Message]:
        """Make several requests in one message, and yield the answer of each as it comes.

        The seconds of each count from the answer before it. Raises as `ask` for the first one
        without an answer; those after it are lost with it.
        """
        self._running()
        self._calls = 1
        head = {"requests": list(requests)}
        yield from self._exchange(head, list(blobs), what, len(requests), within)

    def names(self, selector: str) -> list[str]:
        """Return the backends that a selector matches in the worker, with those of other packages.

        Raises
        ------
        UnknownBackendError
            If it matches no backend there either.
        """
        answer, _ = self.ask("select", selector=selector, what=selector, within=STARTING)
        if "raised" in answer:
            raise UnknownBackendError(answer["message"])
        return answer["names"]  # type: ignore[no-any-return]

    def stop(self) -> None:
        """Stop the process, if there is one, and print its remaining output."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        with suppress(OSError, subprocess.TimeoutExpired):
            self._process.stdin.close()
            self._process.wait(STOP_TIMEOUT)
        self._log.pass_on()
        self._kill()

    def _kill(self) -> None:
        if self._process is not None:
            _end(self._process, self._log.file)
        self._process = None

    def _running(self) -> None:
        if self._process is not None:
            return
        self._start()
        first, last = (sys.path, []) if self._own else ([], [str(Path.cwd())])
        try:
            answer, _ = self._request(
                {"do": "greet", "first": first, "last": last}, [], "start", STARTING
            )
        except (TimedOutError, ExitedError) as error:
            why = str(error).removeprefix("start: ")
            msg = f"{self.python} runs no backend: {why}; it needs Python 3.7 or later and NumPy"
            raise Unavailable(msg) from error
        if "raised" in answer:
            self.stop()
            msg = f"{self.python} runs no backend: {answer['raised']}: {answer['message']}"
            raise Unavailable(msg)
        self._greeting = answer

    def _start(self) -> None:
        self._log = WorkerOutput(self._output)
        kept = {k: v for k, v in os.environ.items() if self._own or k not in RESERVED_VARIABLES}
        try:
            self._process = subprocess.Popen(  # noqa: S603  (our own script)
                [str(self.python), str(HOST)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log.file,
                env={**kept, **self._environment},
                start_new_session=True,
            )
        except OSError as error:
            self._log.file.close()
            msg = f"{self.python} is no interpreter that can be started: {error.strerror}"
            raise Unavailable(msg) from error
        self.generation += 1
        self._answers = SimpleQueue()
        weakref.finalize(self, _end, self._process, self._log.file)
        threading.Thread(
            target=_read, args=(self._process.stdout, self._answers), daemon=True
        ).start()

    def _request(self, head: dict[str, Any], blobs: list[bytes], what: str, s: float) -> Message:
        return next(self._exchange(head, blobs, what, 1, lambda _: s))

    def _exchange(
        self, head: dict[str, Any], blobs: list[bytes], what: str, left: int, within: Deadlines
    ) -> Iterator[Message]:
        """Send a message, and yield as many answers; without one of them, end the process."""
        assert self._process is not None
        assert self._process.stdin is not None
        requests = left
        try:
            # A broken pipe shows in the missing answer.
            with suppress(OSError):
                wire.send(self._process.stdin, head, blobs)
            while left:
                answer = self._awaited(what, within(requests - left))
                left -= 1
                if left:
                    self._log.next_call(answer[0].get("printed"))
                else:
                    self._log.pass_on()
                yield answer
        except BaseException:
            # A late answer would be taken for the answer to another request.
            if left:
                self._log.pass_on_earlier()
                self._kill()
            raise

    def _awaited(self, what: str, seconds: float) -> Message:
        until = monotonic() + seconds
        while True:
            left = until - monotonic()
            try:
                answer = self._answers.get(timeout=min(TICK, max(left, 0)))
            except Empty:
                self._log.require_little(what, self._calls)
                self._check_memory(what)
                if left <= 0:
                    msg = f"{what}: no result within {seconds:g} s"
                    raise TimedOutError(msg) from None
                continue
            if answer is None:
                msg = f"{what}: {self._last_words()}"
                raise ExitedError(msg)
            self._log.require_little(what, self._calls, answer[0].get("printed"))
            return answer

    def _check_memory(self, what: str) -> None:
        assert self._process is not None
        with suppress(psutil.Error):
            held = psutil.Process(self._process.pid).memory_info().rss
            if held > self._memory:
                msg = f"{what}: held {held // MIB} MiB of memory, over {self._memory // MIB} MiB"
                raise ExitedError(msg)

    def _last_words(self) -> str:
        """Return how the process ended, and the line of its output that names the cause."""
        assert self._process is not None
        try:
            code = self._process.wait(5)
        except subprocess.TimeoutExpired:
            return "its process closed its answers, or garbled them"
        how = f"died of {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
        word = self._log.cause()
        return f"its process {how}" + (f": {word[:200]}" if word else "")


def _read(stream: IO[bytes], answers: SimpleQueue[Message | None]) -> None:
    """Read answers in a thread, so that the suite can check time and memory meanwhile."""
    # A call may have written to the pipe too: anything unreadable ends the answers.
    with suppress(Exception):
        while True:
            answers.put(wire.receive(stream))
    answers.put(None)
    stream.close()


def _end(process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    """Kill the process and its children, and close its streams.

    The reader closes the stream of answers: a child in a session of its own may keep it open.
    """
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
    for stream in (process.stdin, log):
        if stream is not None:
            with suppress(OSError):
                stream.close()
