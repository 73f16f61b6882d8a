"""The command that a failure prints to reproduce it."""

from __future__ import annotations

import shlex
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
    path, names = check_path(check), check.partition("::")[2]
    near = Path(check.partition("::")[0])
    if near.exists() and near.samefile(path):
        return [check]
    return ["-p", "conv2d_conformance.plugin", f"{path}::{names}"]
