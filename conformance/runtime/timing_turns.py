"""Lets the runs of one folder share the cores, and take turns at timing after all other work.

A run works while it holds one of the slots, of which there are as many as cores. Runs that wait for
a slot get one in the order of their places. A run is timed while it holds every slot, so that no
other one works; it takes them only if no run waits for a slot. Slots are lock files: the operating
system releases those of a process that dies.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Seconds between two looks at the slots. A run that waits for one looks more often than a run that
# waits for all, which holds some for an instant while it looks.
LOOK, LOOK_AT_ALL = 0.2, 0.5


class TimingTurns:
    """One run among those that share a folder of locks.

    Parameters
    ----------
    folder : Path
        The folder of the locks; it is created.
    progress : callable
        Is called with a line of text about what the run waits for.
    slots : int
        How many runs work at once; the same number in every run of the folder.
    place : int
        Its place among the runs that wait for a slot; the lowest begins first.
    """

    def __init__(
        self, folder: Path, progress: Callable[[str], None], slots: int, place: int = 0
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._progress, self._place = folder, progress, place
        paths = (folder / f"{i}.slot.lock" for i in range(slots))
        self._slots = [FileLock(path, thread_local=False) for path in paths]

    def begin_work(self) -> None:
        """Take a slot; wait while others have them all, or one with a lower place waits."""
        own = FileLock(self._folder / f"{self._place:03d}-{uuid4().hex}.waiting.lock")
        with own:
            self._wait(LOOK, "a core", lambda: self._is_next(own) and any(map(_take, self._slots)))
        _remove(Path(own.lock_file))

    def end_work(self) -> None:
        """Release what this run holds: it does nothing more that could disturb a timing."""
        for slot in self._slots:
            slot.release()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold every slot: no other run works meanwhile, and none was waiting to begin."""
        self.end_work()
        self._wait(LOOK_AT_ALL, "other runs to be done before the timings", self._take_all)
        try:
            yield
        finally:
            self.end_work()

    def _is_next(self, own: FileLock) -> bool:
        """Return whether no run with a lower place waits for a slot."""
        return not any(path.name < Path(own.lock_file).name for path in self._waiting())

    def _waiting(self) -> list[Path]:
        """Return the lock files of the runs that wait for a slot; remove those of dead runs."""
        held = []
        for path in self._folder.glob("*.waiting.lock"):
            lock = FileLock(path)
            if _take(lock):
                lock.release()
                _remove(path)
            else:
                held.append(path)
        return held

    def _take_all(self) -> bool:
        if not self._waiting() and all(map(_take, self._slots)):
            return True
        self.end_work()
        return False

    def _wait(self, seconds: float, awaited: str, done: Callable[[], bool]) -> None:
        """Ask again and again whether it is done; say once what is waited for."""
        told = False
        while not done():
            if not told:
                self._progress(f"waiting for {awaited}")
            told = True
            time.sleep(seconds)


def _take(lock: FileLock) -> bool:
    """Return whether a lock was free; it is held then."""
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True


def _remove(path: Path) -> None:
    """Remove a lock file; where another run looks at it just now, Windows does not let it go."""
    with suppress(OSError):
        path.unlink()
