"""A fresh interpreter on this machine that times one backend: what `compare` is tried on."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends import registry

if TYPE_CHECKING:
    from typing import BinaryIO

    from conv2d_conformance.cases.case import Case

ROOT = Path(__file__).parents[2]


class Local:
    """A process behind a pipe; a request is a pickled case, an answer the seconds of its rounds."""

    def __init__(self, backend: str) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.local", backend]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._sent: set[Case] = set()

    def time(self, case: Case, rounds: int, loops: int) -> list[float]:
        """Seconds per call of each round; operands travel once."""
        operands = None if case in self._sent else (*case.arrays(), case.padding)
        self._sent.add(case)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        pickle.dump((case.id, operands, rounds, loops), self._process.stdin)
        self._process.stdin.flush()
        seconds: list[float] = pickle.load(self._process.stdout)  # noqa: S301
        return seconds

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def serve(backend: str, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more."""
    call = registry.load(backend).conv2d
    kept: dict[str, tuple[Any, ...]] = {}
    while True:
        try:
            case, given, rounds, loops = pickle.load(requests)  # noqa: S301
        except EOFError:
            return
        operands = kept.setdefault(case, given)
        pickle.dump([_round(call, operands, loops) for _ in range(rounds)], answers)
        answers.flush()


def _round(call: Any, operands: tuple[Any, ...], loops: int) -> float:
    began = perf_counter()
    for _ in range(loops):
        call(*operands)
    return (perf_counter() - began) / loops


if __name__ == "__main__":
    serve(sys.argv[1], sys.stdin.buffer, sys.stdout.buffer)
