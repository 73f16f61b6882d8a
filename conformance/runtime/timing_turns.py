"""Lets the runs of one folder take turns at timing, with no other work during a timing.

Each run holds a lock of its own while it works. Before timing it releases that lock, takes the
common lock for timing, and waits for the locks of the others. A run that begins waits for the
timing lock. The operating system releases the locks of a process that dies.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
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
        The folder of the locks; it is created.
    progress : callable
        Is called with a line of text about what the run waits for.
    """

    def __init__(self, folder: Path, progress: Callable[[str], None]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._progress = folder, progress
        self._timing = FileLock(folder / "timing.lock")
        own = folder / f"{uuid4().hex}.working.lock"
        self._working = FileLock(own, thread_local=False)

    def begin_work(self) -> None:
        """Take this run's own lock; wait while another run is timing."""
        with self._taken(self._timing, "another run to be timed"):
            self._working.acquire()

    def end_work(self) -> None:
        """Release this run's lock: it does nothing more that could disturb a timing."""
        self._working.release()
        _remove(Path(self._working.lock_file))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the timing lock: no other run works meanwhile."""
        self.end_work()
        with self._taken(self._timing, "another run to be timed"):
            for path in sorted(self._folder.glob("*.working.lock")):
                with self._taken(FileLock(path), "other runs to be done before the timings"):
                    pass
                # The lock file of a run that has ended: no run can begin now.
                _remove(path)
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


def _remove(path: Path) -> None:
    """Remove a lock file; where another run looks at it just now, Windows does not let it go."""
    with suppress(OSError):
        path.unlink()
