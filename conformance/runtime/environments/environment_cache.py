"""Finds the cached environment of given requirements, and checks that it can be used."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock
from platformdirs import user_cache_path

from conv2d_conformance.runtime.environments.find_python import (
    CannotBuildError,
    PythonIdentity,
    identity,
    python_in,
)
from conv2d_conformance.runtime.environments.freshness import local_state

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RECIPE_VERSION = 1  # incremented when the same requirements give another environment
COMPLETE_MARKER = "complete.json"
# The variables of pip that change which files it installs.
CHOOSING = (
    "PIP_CONSTRAINT",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_INDEX_URL",
    "PIP_NO_BINARY",
    "PIP_NO_INDEX",
    "PIP_ONLY_BINARY",
    "PIP_PRE",
    "PIP_PREFER_BINARY",
)


@dataclass(frozen=True)
class CachedEnvironment:
    """The folder of an environment, and the requirements that it is built for."""

    folder: Path
    requirements: tuple[str, ...]
    python: Path
    identity: PythonIdentity

    @property
    def log(self) -> Path:
        """The output of ``venv``, uv and pip."""
        return self.folder.with_name(self.folder.name + ".log")

    @property
    def lock(self) -> FileLock:
        """The file that is locked while it is built."""
        return FileLock(self.folder.with_name(self.folder.name + ".lock"))

    @property
    def title(self) -> str:
        """Its description in messages."""
        return f"{', '.join(self.requirements) or 'nothing'} for Python {self.identity.version}"


def cached_environment(requirements: Sequence[str], python: Path) -> CachedEnvironment:
    """Return the environment of one Python; its name is a hash of all that decides its content.

    Raises
    ------
    CannotBuildError
        If the Python does not run.
    """
    found = identity(python)
    if found is None:
        msg = f"{python} is no Python that runs: give the path of one, or a version such as 3.7"
        raise CannotBuildError(msg)
    ordered = tuple(sorted(word.strip() for word in requirements))
    local = filter(None, map(local_state, ordered))
    key = json.dumps([RECIPE_VERSION, found.version, found.base, ordered, _pip_settings(), *local])
    words = "-".join((f"py{found.version}", *ordered))
    readable = re.sub(r"[^A-Za-z0-9.]+", "-", words)[:60].strip("-.")
    name = f"{readable}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
    return CachedEnvironment(cache() / name, ordered, python, found)


def cache() -> Path:
    """Return the folder of the environments; any of them may be deleted."""
    return user_cache_path("conv2d-conformance") / "environments"


def is_usable(environment: CachedEnvironment) -> bool:
    """Return whether it exists, is complete and runs."""
    try:
        marker = json.loads((environment.folder / COMPLETE_MARKER).read_text("utf-8"))
        float(marker["built"])
        version = marker["python"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    found = identity(python_in(environment.folder))
    return found is not None and found.version == version


def mark_complete(environment: CachedEnvironment, installed: Mapping[str, str]) -> None:
    """Write the marker of a complete environment."""
    marker = {
        "requirements": environment.requirements,
        "python": environment.identity.version,
        "built": time.time(),
        "installed": dict(installed),
    }
    part = environment.folder / f"{COMPLETE_MARKER}.part"
    part.write_text(json.dumps(marker, indent=1), "utf-8")
    part.replace(environment.folder / COMPLETE_MARKER)


def _pip_settings() -> dict[str, list[str]]:
    """Return the variables that change what pip installs; for a file, its contents."""
    found = {name: os.environ.get(name, "").split() for name in CHOOSING}
    found["PIP_CONSTRAINT"] = [_text(name) for name in found["PIP_CONSTRAINT"]]
    return found


def _text(name: str) -> str:
    path = Path(name)
    return path.read_text("utf-8", errors="replace") if path.is_file() else name
