"""Runs adapters in a worker process for the suite; started as a script.

Requests come on standard input and answers go to standard output, in the format of
`backends.worker.wire`. A framework's own output goes to standard error. Only this folder and the
framework are imported.

Runs unchanged on Python 3.7 with numpy 1.16.
"""

from __future__ import annotations

import faulthandler
import importlib.util
import os
import platform
import sys
import types
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import IO

PACKAGE = "conv2d_conformance"
ROOM = Path(__file__).resolve().parents[1]
# The characters of a message that are sent; frameworks' messages are shorter.
LONGEST = 10_000


def find_this_room() -> None:
    """Make ``conv2d_conformance.backends`` importable, and nothing else of the package.

    In a checkout the folder is next to the package, once installed inside it. The package itself
    is an empty module in the worker: the rest needs a newer Python than this may be.
    """
    if PACKAGE in sys.modules:
        return
    own = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != own]
    package = types.ModuleType(PACKAGE)
    beside = ROOM.with_name("conformance")
    package.__path__ = [str(beside if beside.is_dir() else ROOM.parent)]
    sys.modules[PACKAGE] = package
    spec = importlib.util.spec_from_file_location(
        PACKAGE + ".backends",
        str(ROOM / "__init__.py"),
        submodule_search_locations=[str(ROOM)],
    )
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]  # of a file there is one
    sys.modules[PACKAGE + ".backends"] = module
    package.backends = module  # type: ignore[attr-defined]  # as an import of it would set
    spec.loader.exec_module(module)  # type: ignore[union-attr]  # likewise


class Host:
    """Answers requests until their stream ends."""

    def __init__(self, requests: IO[bytes], answers: IO[bytes]) -> None:
        from conv2d_conformance.backends.worker.array_mirror import Mirror

        self._requests, self._answers = requests, answers
        self._mirror = Mirror()
        self._adapters: list[Any] = []
        self._kept: dict[str, list[Any]] = {}

    def serve(self) -> None:
        """Answer one request after the other; a message holds one, or a list of them."""
        from conv2d_conformance.backends.worker import wire

        while True:
            try:
                head, blobs = wire.receive(self._requests)
            except EOFError:
                return
            for request in head.get("requests", [head]):
                self._serve_one(request, blobs)

    def _serve_one(self, request: dict[str, Any], blobs: list[bytes]) -> None:
        """Answer a request at once: what has no answer is what ended the process."""
        from conv2d_conformance.backends.worker import wire

        own, out = os.getpid(), []  # type: tuple[int, list[bytes]]
        try:
            answer = self._answer(request, blobs, out)
        except BaseException as error:  # noqa: BLE001  (SystemExit too is an answer)
            answer, out = describe_error(error), []
        if os.getpid() != own:  # a call has forked, and has returned in the child too
            os._exit(0)
        wire.send(self._answers, dict(answer, printed=printed()), out)

    def _answer(self, head: dict[str, Any], blobs: list[bytes], out: list[bytes]) -> dict[str, Any]:
        from conv2d_conformance.backends.worker.wire import to_tuples

        do = getattr(self, "do_" + head.pop("do"))
        if "adapter" not in head:
            return do(**head)  # type: ignore[no-any-return]  # each `do_` gives a dict
        adapter = self._adapters[head.pop("adapter")]
        operands = [
            self._mirror.operand(each, blobs) if isinstance(each, dict) else to_tuples(each)
            for each in head.pop("operands")
        ]
        return do(adapter, operands, out, **head)  # type: ignore[no-any-return]  # likewise

    def do_greet(self, first: list[str], last: list[str]) -> dict[str, Any]:
        """Report this Python, and extend the path with the suite's folders.

        The working folder comes last: a framework's checkout in it is not the installed one.
        """
        from conv2d_conformance.backends.worker.installed_packages import installed

        sys.path[:] = list(dict.fromkeys(first + sys.path + last))
        return {"python": platform.python_version(), "packages": installed()}

    def do_select(self, selector: str) -> dict[str, Any]:
        """Return the names that a selector matches in this Python."""
        from conv2d_conformance.backends.registry import select

        return {"names": select(selector)}

    def do_load(self, name: str, layout: str | None) -> dict[str, Any]:
        """Make an adapter; later requests name it by its number."""
        from conv2d_conformance.backends.precision import settings
        from conv2d_conformance.backends.registry import load

        adapter: Any = load(name)
        if layout is not None:
            adapter = type(adapter)(layout=layout)
        self._adapters.append(adapter)
        number = len(self._adapters) - 1
        return {"adapter": number, "spec": asdict(adapter.spec), "settings": settings()}

    def do_call(
        self,
        adapter: Any,
        operands: list[Any],
        out: list[bytes],
        method: str,
        options: dict[str, Any],
        forget: list[int],
    ) -> dict[str, Any]:
        """Call a method; return its result, and its effects on arrays that the suite holds."""
        from conv2d_conformance.backends.worker.wire import to_tuples

        self._mirror.forget(forget)
        before = self._mirror.bits(operands)
        try:
            result = getattr(adapter, method)(*operands, **to_tuples(options))
            answer = self._mirror.result(result, operands, out)
        except BaseException as error:  # noqa: BLE001  (SystemExit too is what a call did)
            answer = describe_error(error)
        answer["mutated"] = self._mirror.mutated(operands, before, out)
        answer["changed"] = self._mirror.changed(out)
        return answer

    def do_time(
        self,
        adapter: Any,
        operands: list[Any],
        _: Any,
        method: str,
        options: dict[str, Any],
        rounds: int,
        loops: int,
        kept: str,
    ) -> dict[str, Any]:
        """Return seconds per call for each round; operands with a name are sent once and kept."""
        from conv2d_conformance.backends.worker.stopwatch import seconds_per_call
        from conv2d_conformance.backends.worker.wire import to_tuples

        if kept:
            operands = self._kept.setdefault(kept, operands)
        call = getattr(adapter, method)
        return {"seconds": seconds_per_call(call, operands, to_tuples(options), rounds, loops)}

    def do_at_once(
        self,
        adapter: Any,
        operands: list[Any],
        out: list[bytes],
        method: str,
        sizes: list[int],
        times: int,
        seconds: float,
    ) -> dict[str, Any]:
        """Return the bits of each result of concurrent calls; ``sizes`` separates the operands."""
        from conv2d_conformance.backends.worker.concurrent_calls import call_concurrently

        left = iter(operands)
        given = [[next(left) for _ in range(size)] for size in sizes]
        found = call_concurrently(getattr(adapter, method), given, times, seconds)
        out.extend(bits for each in found for bits in each)
        return {"counts": [len(each) for each in found]}

    def do_changes(
        self, adapter: Any, operands: list[Any], _: Any, method: str, name: str
    ) -> dict[str, Any]:
        """Describe what a call changes in this process."""
        from conv2d_conformance.backends.worker.process_state import changes

        return {"words": changes(lambda: getattr(adapter, method)(*operands), name)}

    def do_snippet(
        self, _: Any, operands: list[Any], out: list[bytes], text: str
    ) -> dict[str, Any]:
        """Run a snippet (see `backends.protocol.Spec`) on image, kernel and padding."""
        from conv2d_conformance.backends.worker.array_mirror import encode_array
        from conv2d_conformance.backends.worker.run_snippet import run

        return {"array": encode_array(run(text, operands), out)}


def describe_error(error: BaseException) -> dict[str, Any]:
    """Return an exception as text."""
    # Something that is not text, such as a lone surrogate, could not be written anywhere.
    message = str(error).encode("utf-8", "backslashreplace").decode("utf-8")
    text = message if len(message) <= LONGEST else message[:LONGEST] + " …"
    return {"raised": type(error).__name__, "message": text}


def printed() -> int | None:
    """Return how many bytes are in the file of what calls print; None if a call has closed it.

    What Python has not written yet is written now: it is of this call.
    """
    try:
        sys.stdout.flush()
        sys.stderr.flush()
        return os.fstat(2).st_size
    except (OSError, ValueError, AttributeError):  # closed, or replaced by what is no stream
        return None


def own_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Move the suite's pipes to new descriptors; printed text goes to standard error."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return requests, answers


def die_with_the_suite() -> None:
    """Let Linux end this process with its parent, even during a call that never returns."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL


if __name__ == "__main__":
    faulthandler.enable()
    die_with_the_suite()
    find_this_room()
    Host(*own_streams()).serve()
