"""Builds environments for given requirements, once, in the user's cache.

An environment is used again as long as its requirements would install nothing else: forever if
all are pinned (``scipy==1.3.0``), for a local path until a file of it changes, and for any other
until the installer says that there is something newer.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import Timeout

from conv2d_conformance.runtime.environments import uv
from conv2d_conformance.runtime.environments.environment_cache import (
    COMPLETE_MARKER,
    cached_environment,
    is_usable,
    mark_complete,
)
from conv2d_conformance.runtime.environments.find_python import (
    CannotBuildError,
    locate_python,
    python_in,
)
from conv2d_conformance.runtime.environments.freshness import is_newest, when_built

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from conv2d_conformance.runtime.environments.environment_cache import CachedEnvironment

    Progress = Callable[[str], None]

__all__ = ["CannotBuildError", "build", "locate_python"]

NEEDED = "numpy"
# For the suite's bfloat16. It may fail: an old framework may need an older NumPy than it does.
BFLOAT16, BFLOAT16_SINCE = "ml-dtypes", (3, 9)


def build(requirements: Sequence[str], python: Path | None = None, *, progress: Progress) -> Path:
    """Return the Python of an environment with the requirements and NumPy.

    Raises
    ------
    CannotBuildError
        If the environment cannot be made, or a requirement cannot be installed.
    """
    environment = cached_environment(requirements, python or locate_python(None))
    try:
        environment.folder.parent.mkdir(parents=True, exist_ok=True)
        with _locked(environment, progress):
            if not (is_usable(environment) and _is_newest(environment, progress)):
                _make(environment, progress)
    except (OSError, subprocess.SubprocessError) as error:
        what = f"cannot build {environment.title} in {environment.folder}"
        msg = f"{what}: {error}; free or mend that folder"
        raise CannotBuildError(msg) from error
    return python_in(environment.folder)


def pip_reason(output: str) -> str:
    """Return the line of pip's output that says what was wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.upper().startswith("ERROR:")]
    said = [line for line in errors if "ResolutionImpossible" not in line]
    line = (said or errors or lines or ["it wrote nothing"])[-1]
    return re.sub(r"^error:\s*", "", line, flags=re.IGNORECASE)


@contextmanager
def _locked(environment: CachedEnvironment, progress: Progress) -> Iterator[None]:
    """Lock the environment while it is built."""
    lock = environment.lock
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress(f"waiting for another process that builds {environment.title}")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _make(environment: CachedEnvironment, progress: Progress) -> None:
    """Build it in its final folder, because it holds its own path; the marker comes last."""
    progress(f"building {environment.title}")
    shutil.rmtree(environment.folder, ignore_errors=True)
    environment.log.write_text("", "utf-8")
    try:
        # -I: folders of PYTHONPATH are not part of the environment.
        words = [environment.python, "-I", "-m", "venv", environment.folder]
        _run(environment, words, "cannot make an environment for")
        wanted = _wanted(environment)
        progress(f"installing {', '.join(wanted)}")
        _install(environment, wanted, "cannot install", progress)
        if environment.identity.numbers >= BFLOAT16_SINCE:
            _add_bfloat16(environment, progress)
        mark_complete(environment, _installed(environment))
    except BaseException:
        shutil.rmtree(environment.folder, ignore_errors=True)
        raise


def _is_newest(environment: CachedEnvironment, progress: Progress) -> bool:
    folder, wanted = environment.folder, _wanted(environment)
    built = when_built(folder / COMPLETE_MARKER)
    return is_newest(folder, environment.requirements, wanted, built, progress)


def _wanted(environment: CachedEnvironment) -> list[str]:
    return [*environment.requirements, *([] if _names(environment, NEEDED) else [NEEDED])]


def _names(environment: CachedEnvironment, distribution: str) -> bool:
    words = (re.match(r"[A-Za-z0-9._-]*", word) for word in environment.requirements)
    return distribution in {re.sub(r"[-_.]+", "-", m.group()).lower() for m in words if m}


def _install(
    environment: CachedEnvironment, wanted: Sequence[str], what: str, progress: Progress
) -> None:
    """Install by uv if it can; if it fails, pip decides and its message counts."""
    inside = python_in(environment.folder)
    quick = uv.install_command(inside, wanted, Path(sys.executable), progress)
    if quick:
        said = _output_of_failure(environment, quick.words, quick.variables)
        if said is None:
            return
        progress(f"pip is tried: uv could not: {uv.failure_reason(said)}")
    _run(environment, [inside, "-I", "-m", "pip", "install", *wanted], what)


def _run(environment: CachedEnvironment, command: Sequence[object], what: str) -> None:
    said = _output_of_failure(environment, [str(word) for word in command])
    if said is not None:
        msg = (
            f"{what} {environment.title}: {pip_reason(said)}; ask for another version or another "
            f"Python, or read {environment.log}"
        )
        raise CannotBuildError(msg)


def _output_of_failure(
    environment: CachedEnvironment, words: Sequence[str], variables: Mapping[str, str] | None = None
) -> str | None:
    """Run a command, append its output to the log, and return the output if it failed."""
    with environment.log.open("a+", encoding="utf-8", errors="replace") as log:
        log.write(f"$ {' '.join(words)}\n")
        log.flush()
        start = log.tell()
        done = subprocess.run(  # noqa: S603  (venv, pip and uv, with the person's requirements)
            words, stdout=log, stderr=subprocess.STDOUT, env=variables, check=False
        )
        log.seek(start)
        return log.read() if done.returncode else None


def _add_bfloat16(environment: CachedEnvironment, progress: Progress) -> None:
    """Add ml-dtypes if that changes no installed version."""
    installed = _installed(environment)
    if BFLOAT16 in installed:
        return
    kept = environment.folder / "constraints.txt"
    kept.write_text("".join(f"{name}=={v}\n" for name, v in installed.items()), "utf-8")
    try:
        _install(environment, ["-c", str(kept), BFLOAT16], "cannot add ml-dtypes to", progress)
    except CannotBuildError:
        progress(f"{BFLOAT16} does not go with {environment.title}: nothing is asked in bfloat16")


def _installed(environment: CachedEnvironment) -> dict[str, str]:
    """Return each distribution's version, by normalised name."""
    command = [python_in(environment.folder), "-I", "-m", "pip", "list", "--format=json"]
    done = subprocess.run(  # noqa: S603  (pip)
        list(map(str, command)), capture_output=True, text=True, check=True
    )
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return {re.sub(r"[-_.]+", "-", row["name"]).lower(): row["version"] for row in rows}
