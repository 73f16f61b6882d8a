"""Chooses the Python that makes the calls: by path or version, with or without requirements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.console import say
from conv2d_conformance.runtime.environments.build_environment import build
from conv2d_conformance.runtime.environments.find_python import locate_python

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def python_with(
    requirements: Sequence[str], python: str | None, progress: Callable[[str], None]
) -> Path:
    """Return the Python of an environment with the requirements; without any, the Python itself.

    Parameters
    ----------
    requirements : sequence of str
        As on pip's command line.
    python : str or None
        Path, command or version of the Python that the environment is based on; None is this one.
    progress : callable
        Is called with a line of text about what is being built.

    Raises
    ------
    CannotBuildError
        If the Python does not exist, or a requirement cannot be installed.
    """
    found = locate_python(python)
    return build(requirements, found, progress=progress) if requirements else found


def resolve_python(requirements: Sequence[str], python: str | None) -> Path | None:
    """Do as `python_with`, with progress on stderr; None (this process) if neither is given."""
    return python_with(requirements, python, say) if python or requirements else None
