"""The file of what a worker process prints: how much a call has printed, and its last words."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from conv2d_conformance.errors import ExitedError

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 2**20
# The bytes that one call may print: enough for a framework's warnings; and one request.
FLOOD = MIB // 4
DELUGE = 64 * MIB


class WorkerOutput:
    """The output of one process.

    Parameters
    ----------
    output : callable or None
        Is called with what is passed on; by default standard error gets it.

    Attributes
    ----------
    file : file
        For the process: every write goes to its end.
    """

    def __init__(self, output: Callable[[str], object] | None = None) -> None:
        self.file = _appended_file()
        self._output, self._before = output, 0

    def require_little(self, what: str, calls: int, size: int | None = None) -> None:
        """Raise if ``calls`` have printed too much; ``what`` names them.

        The file had so many bytes after them; a process that is ahead may have added to it since.

        Raises
        ------
        ExitedError
        """
        printed = (self._size() if size is None else size) - self._before
        limit = min(FLOOD * calls, DELUGE)
        if printed > limit:
            number = "one call" if calls == 1 else f"{calls} calls"
            msg = f"{what}: printed {printed / MIB:.1f} MiB in {number}, over {limit / MIB:g} MiB"
            raise ExitedError(msg)

    def next_call(self, size: int | None) -> None:
        """Count from here what the next call prints; None is the size of the file now."""
        self._before = self._size() if size is None else size

    def pass_on(self) -> None:
        """Pass all of it on, and empty the file."""
        if self._size():
            self._write(self._read(0))
            self.file.truncate(0)
        self._before = 0

    def pass_on_earlier(self) -> None:
        """Pass on what calls before the last one have printed."""
        if self._before:
            self._write(self._read(0, self._before))

    def cause(self) -> str:
        """Return the line that names the cause, if the last call has ended the process."""
        said = self._read(self._before).strip().splitlines()
        # The last line of a traceback names the cause, the first line of a crash.
        return said[-1] if said and said[0].startswith("Traceback") else "".join(said[:1])

    def _size(self) -> int:
        return os.fstat(self.file.fileno()).st_size

    def _read(self, start: int, size: int = -1) -> str:
        self.file.seek(start)
        return self.file.read(size).decode(errors="replace")

    def _write(self, text: str) -> None:
        (self._output or sys.stderr.write)(text)


def _appended_file() -> IO[bytes]:
    """Return a temporary file in which every write, of the worker too, goes to the end.

    `tempfile.TemporaryFile` ignores that part of a mode. The worker would go on writing behind
    what was truncated, and leave a gap of zeros.
    """
    handle, name = tempfile.mkstemp()
    os.close(handle)
    opened = Path(name).open("a+b")  # noqa: SIM115  (it lives as long as the process)
    # Where an open file cannot be removed, it stays until the system clears its folder.
    with suppress(OSError):
        Path(name).unlink()
    return opened
