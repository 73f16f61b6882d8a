"""Tells whether a cached environment still holds what its requirements would install now."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from packaging.requirements import InvalidRequirement, Requirement

from conv2d_conformance.runtime.environments import uv
from conv2d_conformance.runtime.environments.find_python import python_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

DAY = 24 * 60 * 60
# Folders in which tools leave what does not decide what is installed.
LEFT_BY_TOOLS = {"__pycache__", "build", "dist", "node_modules"}
NOTHING_TO_DO = "Would make no changes"  # uv's words; pip has none
SOMETHING_TO_DO = "Would install"  # pip's


def is_pinned(requirement: str) -> bool:
    """Return whether a requirement allows exactly one version."""
    try:
        parsed = Requirement(requirement)
    except InvalidRequirement:
        return False
    if len(parsed.specifier) != 1 or parsed.url:
        return False
    (only,) = parsed.specifier
    return only.operator in ("==", "===") and not only.version.endswith("*")


def local_state(requirement: str) -> str:
    """Return a hash of the file or the folder that a requirement names; empty if it names none."""
    path = _local_path(requirement)
    if path is None or not path.exists():
        return ""
    state = hashlib.sha256(str(path.resolve()).encode())
    for file in _files(path):
        found = file.stat()
        state.update(f"{file}\0{found.st_size}\0{found.st_mtime_ns}\n".encode(errors="replace"))
    return state.hexdigest()


def is_newest(
    folder: Path,
    requirements: Sequence[str],
    wanted: Sequence[str],
    built: float,
    progress: Callable[[str], None],
) -> bool:
    """Return whether ``wanted`` would install nothing else than the environment in ``folder`` has.

    The installer is asked, unless the key of the environment says it already. Where it cannot
    tell, as without a network, an environment is used for a day.
    """
    if all(is_pinned(word) or local_state(word) for word in requirements):
        return True
    inside = python_in(folder)
    words = ["--dry-run", "--upgrade", *wanted]
    quick = uv.install_command(inside, words, Path(sys.executable), progress)
    pip = [str(inside), "-I", "-m", "pip", "install", *words]
    done = subprocess.run(  # noqa: S603  (uv or pip, with the person's requirements)
        quick.words if quick else pip,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=quick.variables if quick else None,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        return time.time() - built <= DAY
    return NOTHING_TO_DO in done.stdout if quick else SOMETHING_TO_DO not in done.stdout


def when_built(marker: Path) -> float:
    """Return when an environment was completed."""
    return float(json.loads(marker.read_text("utf-8"))["built"])


def _local_path(requirement: str) -> Path | None:
    try:
        url = urlsplit(Requirement(requirement).url or "")
    except InvalidRequirement:
        # A path, perhaps with extras, or a file's address; anything else is for pip to refuse.
        url = urlsplit(requirement)
        if url.scheme != "file":
            whole = Path(requirement)
            return whole if whole.exists() else Path(requirement.partition("[")[0])
    return Path(url2pathname(url.path)) if url.scheme == "file" else None


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        for child in sorted(path.iterdir()):
            if not (child.name.startswith(".") or child.name in LEFT_BY_TOOLS or _made(child)):
                yield from _files(child)


def _made(path: Path) -> bool:
    return path.name.endswith(".egg-info") or (path / "pyvenv.cfg").exists()
