"""The command that a failure prints to reproduce it."""

from __future__ import annotations

import shlex
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from conv2d_conformance.cases import random_data
from conv2d_conformance.matrix.check_ids import check_path

if TYPE_CHECKING:
    from conv2d_conformance.under_test.backend import BackendUnderTest


def rerun_command(check: str, subject: BackendUnderTest) -> str:
    """Return the command that runs one check again, by its id, from the folder of the run."""
    seed = random_data.SEED.get()
    varied = ["--seed", str(seed)] if seed else []
    chosen = [word for layer in subject.requested_cases for word in ("--layer", layer.id)]
    return shlex.join(["pytest", *_found(check), "--backend", subject.selector, *chosen, *varied])


def _found(check: str) -> list[str]:
    """Return a check as pytest finds it: outside a checkout it is addressed in the package."""
    file, _, names = check.partition("::")
    if _is_near(file, Path.cwd()):
        return [check]
    return ["-p", "conv2d_conformance.plugin", f"{check_path(file)}::{names}"]


# Every verdict asks it, and there are a few files.
@cache
def _is_near(file: str, folder: Path) -> bool:
    """Return whether the file of a check is found from a folder by the path in its id."""
    near = folder / file
    return near.exists() and near.samefile(check_path(file))
