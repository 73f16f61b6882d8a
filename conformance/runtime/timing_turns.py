"""Lets runs in one folder time one after the other, with no other work beside a timing.

Each run holds a lock of its own while it works. To time, it gives that up, takes the one lock for
timing, and waits for the locks of the others; a run that begins waits for whoever is timing.
The operating system drops the locks of a process that dies.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class TimingTurns:
    """One run among those that share a folder of locks.

    Parameters
    ----------
    folder : Path
        Where the locks are; it is made.
    progress : callable
        Is told what is waited for.
    """

    def __init__(self, folder: Path, progress: Callable[[str], None]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._progress = folder, progress
        self._timing = FileLock(folder / "timing.lock")
        own = folder / f"{uuid4().hex}.working.lock"
        self._working = FileLock(own, thread_local=False)

    def begin_work(self) -> None:
        """Say that this run works; wait while another one times."""
        with self._taken(self._timing, "another run to be timed"):
            self._working.acquire()

    def end_work(self) -> None:
        """Say that this run does nothing any more that could disturb a timing."""
        self._working.release()
        Path(self._working.lock_file).unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Time: no other run works inside."""
        self.end_work()
        with self._taken(self._timing, "another run to be timed"):
            for path in sorted(self._folder.glob("*.working.lock")):
                with self._taken(FileLock(path), "other runs to be done before the timings"):
                    # Of a run that died, for none can begin now.
                    path.unlink(missing_ok=True)
            yield

    @contextmanager
    def _taken(self, lock: FileLock, waiting: str) -> Iterator[None]:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            self._progress(f"waiting for {waiting}")
            lock.acquire()
        try:
            yield
        finally:
            lock.release()
