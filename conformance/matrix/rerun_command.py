"""The command that a failure prints, so that it can be seen again."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from conv2d_conformance.cases import random_data

if TYPE_CHECKING:
    from conv2d_conformance.under_test.backend import BackendUnderTest


def rerun_command(node: str, subject: BackendUnderTest) -> str:
    """The command that runs one test again, from the folder in which it ran."""
    seed = random_data.SEED.get()
    varied = ["--seed", str(seed)] if seed else []
    asked = [word for layer in subject.requested_cases for word in ("--layer", layer.id)]
    return shlex.join(["pytest", *_found(node), "--backend", subject.selector, *asked, *varied])


def _found(node: str) -> list[str]:
    """A test as pytest finds it here: outside of a checkout neither it nor the plugin is near."""
    if Path(node.partition("::")[0]).exists():
        return [node]
    return ["-p", "conv2d_conformance.plugin", str(Path(__file__).parents[2] / node)]
