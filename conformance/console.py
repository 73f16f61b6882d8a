"""Prints findings to stdout and everything else to stderr; knows the program's name and version."""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager
from importlib import metadata
from io import TextIOWrapper
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

DISTRIBUTION = "conv2d-conformance"
# Seconds after which a person wonders whether anything happens.
QUIET = 2.0


def say(text: str) -> None:
    """Print progress, on stderr."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def emit(text: str) -> None:
    """Print a finding, on stdout."""
    sys.stdout.write(f"{text}\n")


@contextmanager
def tell_if_slow(what: str, seconds: float = QUIET) -> Iterator[None]:
    """Say on stderr that something takes longer than ``seconds``, and how long, ever more rarely.

    On a thread: what takes long need not know of it.
    """
    done, began = Event(), monotonic()

    def tell() -> None:
        pause = seconds
        while not done.wait(pause):
            say(f"{what}: {monotonic() - began:.0f} s so far")
            pause *= 2

    Thread(target=tell, daemon=True).start()
    try:
        yield
    finally:
        done.set()


def tolerate_any_terminal() -> None:
    """Replace what the terminal cannot show, as ``√`` where it is not UTF-8; never fail there."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def program() -> str:
    """Return what the user typed to start the program."""
    return (
        "python -m conv2d_conformance" if Path(sys.argv[0]).name == "__main__.py" else DISTRIBUTION
    )


def version() -> str:
    """Return the installed version, or that the package is not installed."""
    try:
        return f"{DISTRIBUTION} {metadata.version(DISTRIBUTION)}"
    except metadata.PackageNotFoundError:
        return f"{DISTRIBUTION}, not installed: run from a checkout"


def import_command(name: str) -> ModuleType:
    """Import a module of this package late: --help stays quick, Ctrl-C is reported."""
    return importlib.import_module(f"conv2d_conformance.cli.{name}")
