"""Where text goes: findings to stdout, all else to stderr; and by which name we were called."""

from __future__ import annotations

import importlib
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

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
    return (
        "python -m conv2d_conformance" if Path(sys.argv[0]).name == "__main__.py" else DISTRIBUTION
    )


def version() -> str:
    """The installed version, or that there is none."""
    try:
        return f"{DISTRIBUTION} {metadata.version(DISTRIBUTION)}"
    except metadata.PackageNotFoundError:
        return f"{DISTRIBUTION}, not installed: run from a checkout"


def import_command(name: str) -> ModuleType:
    """A module of ours, only once a command needs it: --help is to be quick, Ctrl-C to be told."""
    return importlib.import_module(f"conv2d_conformance.cli.{name}")
