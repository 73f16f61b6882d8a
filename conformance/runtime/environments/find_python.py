"""Finds a Python by version or path, and its identity."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 60
VERSION = re.compile(r"(?:python)?(\d+\.\d+)(\.\d+)?", re.IGNORECASE)
# The base of a virtual environment: all environments of one Python share what is built.
ASK = (
    "import os, sys; print('%d.%d.%d' % sys.version_info[:3]); "
    "print(os.path.realpath(getattr(sys, '_base_executable', None) or sys.executable))"
)


class CannotBuildError(Exception):
    """What failed, why and what to do, in one line."""


class NoPythonError(CannotBuildError):
    """The Python is not on this machine."""


@dataclass(frozen=True)
class PythonIdentity:
    """The version of a Python, such as ``3.7.16``, and the path of the one that it is based on."""

    version: str
    base: str

    @property
    def numbers(self) -> tuple[int, ...]:
        """Major, minor and micro number."""
        return tuple(int(number) for number in self.version.split("."))


def locate_python(wanted: str | None) -> Path:
    """Return a Python: this one for None, or by its path, its command or its version.

    Raises
    ------
    NoPythonError
        If it does not exist.
    CannotBuildError
        If it does not run.
    """
    if wanted is None:
        return Path(sys.executable)
    version = VERSION.fullmatch(wanted)
    if version is None:
        return _locate_named(wanted)
    minor, micro = version.groups()
    for candidate in _candidates(minor):
        found = identity(candidate)
        if found and f"{found.version}.".startswith(f"{minor}{micro or ''}."):
            return candidate
    msg = (
        f"no Python {minor}{micro or ''} here: install it so that python{minor} is on PATH or in "
        "pyenv's versions, or give the path of one"
    )
    raise NoPythonError(msg)


def identity(python: Path) -> PythonIdentity | None:
    """Return what a Python reports of itself; None if it does not run, as pyenv's shims may not."""
    try:
        done = subprocess.run(  # noqa: S603  (the Python that the person named)
            [str(python), "-I", "-c", ASK],
            capture_output=True,
            text=True,
            check=True,
            timeout=SECONDS,
        )
        version, base = done.stdout.splitlines()
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return PythonIdentity(version, base)


def _locate_named(wanted: str) -> Path:
    found = shutil.which(Path(wanted).expanduser())
    if found and identity(Path(found)):
        return Path(found).absolute()
    advice = "give the path of one, or a version such as 3.7"
    if found:
        msg = f"{wanted} is no Python that runs: {advice}"
        raise CannotBuildError(msg)
    msg = f"there is no Python {wanted!r}: {advice}"
    raise NoPythonError(msg)


def _candidates(minor: str) -> Iterator[Path]:
    """List the paths where a Python of this version may be, the surest first."""
    yield Path(sys.executable)
    on_path = shutil.which(f"python{minor}")
    if on_path:
        yield Path(on_path)
    if sys.platform == "win32":
        yield from _launched(minor)
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    versions = (root / "versions").glob(f"{minor}.*")
    for folder in sorted(versions, key=lambda path: (len(path.name), path.name), reverse=True):
        yield python_in(folder)
        yield folder / "python.exe"  # pyenv-win


def _launched(minor: str) -> Iterator[Path]:
    """Return the Python that the launcher of Windows finds."""
    launcher = shutil.which("py")
    if launcher:
        command = [launcher, f"-{minor}", "-c", "import sys; print(sys.executable)"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        yield from map(Path, done.stdout.splitlines()[:1])


def python_in(folder: Path) -> Path:
    """Return the Python of an environment or an installation in a folder."""
    inside = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
    return folder / inside
