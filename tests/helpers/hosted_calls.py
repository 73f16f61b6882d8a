"""Calls that do odd things, in a worker process: a fixture that makes their runners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.runtime.remote import RemoteRunner
from conv2d_conformance.runtime.worker_process import WorkerProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CALLS = """
import ctypes, os, sys, time
import numpy as np

kept = []

def hostile(act):
    def conv2d(img, k, padding):
        if img.shape == (9, 10):
            act()
        return img.copy()
    return conv2d

def eat():
    held = []
    while True:
        held.append(np.ones(10**6))

segfaults = hostile(lambda: ctypes.string_at(0))
exits = hostile(lambda: os._exit(0))
leaves = hostile(lambda: sys.exit(3))
hangs = hostile(lambda: time.sleep(600))
floods = hostile(lambda: sys.stdout.write("x" * 2**20))
eats = hostile(eat)
chats = hostile(lambda: print("a word"))

def prints(img, k, padding):
    print("x" * 10**4)
    return img.copy()

def fork_for_good():
    if not os.fork():
        os.setsid()
        time.sleep(20)
    os._exit(0)

forks_for_good = hostile(fork_for_good)
forks = hostile(os.fork)
garbles = hostile(lambda: [os.write(fd, b"\\0\\0\\0\\2{}") for fd in range(3, 20) if writes(fd)])

def writes(fd):
    import fcntl
    try:
        return fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_WRONLY
    except OSError:
        return False

def mutates(img, k, padding):
    img[0, 0] = -1
    return img.copy()

def counts(img, k, padding):
    img[0, 0] += 1
    return img.copy()

def aliases(img, k, padding):
    return img[1:, ::-1]

def repeats(img, k, padding):
    return np.broadcast_to(img[0], img.shape)

def stale(img, k, padding):
    if not kept:
        kept.append(np.empty(img.shape, img.dtype))
    kept[0][...] = img
    return kept[0]

def caches_by_identity(img, k, padding):
    if not kept or kept[0][0] is not img:
        kept[:] = [(img, img.copy())]
    return kept[0][1].copy()

def raises(img, k, padding):
    raise RecursionError("too deep")

def raises_its_own(img, k, padding):
    raise type("OddError", (Exception,), {})("odd")

def no_array(img, k, padding):
    return [1, 2]
"""


@pytest.fixture
def hosted(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    file = tmp_path / "calls.py"
    file.write_text(CALLS, "utf-8")
    made: list[WorkerProcess] = []

    def make(name: str, seconds: float = 20.0, memory: int = 2**30) -> RemoteRunner:
        made.append(WorkerProcess(memory=memory))
        return RemoteRunner(made[-1], f"{file}:{name}", seconds)

    yield make
    for interpreter in made:
        interpreter.stop()


def image() -> Any:
    return np.arange(30.0).reshape(5, 6)


def answer(call: Callable[[], Any]) -> tuple[object, ...]:
    """The bits of a result with its dtype and shape, or what was raised."""
    try:
        result = call()
    except Exception as error:  # noqa: BLE001  (whatever it is, it is to be the same)
        return type(error).__name__, str(error)
    return result.dtype, result.shape, result.tobytes()
