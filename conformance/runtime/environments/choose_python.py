"""Where calls are made if not here: a Python by path or version, as it is or with requirements."""

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
    """Return the Python of an environment that holds the requirements; without any, that Python.

    Parameters
    ----------
    requirements : sequence of str
        As pip takes them.
    python : str or None
        Path, command or version of the Python to build it of; this one for None.
    progress : callable
        Is told what is being built.

    Raises
    ------
    CannotBuildError
        If there is no such Python, or a requirement cannot be installed.
    """
    found = locate_python(python)
    return build(requirements, found, progress=progress) if requirements else found


def resolve_python(requirements: Sequence[str], python: str | None) -> Path | None:
    """As `python_with`, with progress on stderr; None, this process, if neither is asked for."""
    return python_with(requirements, python, say) if python or requirements else None
