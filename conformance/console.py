"""Where text goes: findings to stdout, all else to stderr; and by which name we were called."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import contextmanager, redirect_stdout, suppress
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DISTRIBUTION = "conv2d-conformance"


def say(text: str) -> None:
    """Progress, on stderr."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def emit(text: str) -> None:
    """A finding, on stdout."""
    sys.stdout.write(f"{text}\n")


def program() -> str:
    """What was typed to start the program."""
    return "python -m conformance" if Path(sys.argv[0]).name == "__main__.py" else DISTRIBUTION


def version() -> str:
    """The installed version, or that there is none."""
    try:
        return f"{DISTRIBUTION} {metadata.version(DISTRIBUTION)}"
    except metadata.PackageNotFoundError:
        return f"{DISTRIBUTION}, not installed: run from a checkout"


@contextmanager
def others_on_stderr() -> Iterator[None]:
    """Send to stderr what backends print meanwhile: a program reads the findings on stdout.

    Native code writes to file descriptor 1 and knows nothing of ``sys.stdout``, so both turn.
    """
    _flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        _flush()
        os.dup2(kept, 1)
        os.close(kept)


def _flush() -> None:
    """Empty every buffer, C's too, into where descriptor 1 leads now."""
    for stream in (sys.stdout, sys.__stdout__):
        if stream is not None:
            stream.flush()
    # Windows has no library of that name; there C's own buffer is left alone.
    with suppress(OSError, TypeError, AttributeError):
        ctypes.CDLL(None).fflush(None)
