"""Follows a walk-through of CONTRIBUTING.md in a copy of the tree, block by block."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ROOMS = ("backends", "conformance", "reports", "tests")
STEP = re.compile(
    r"^(?P<head>New file `[^`]+`:|In `[^`]+`, (?:after|before) the line `[^\n]+`:)?\n*"
    r"^```(?:python|sh)\n(?P<body>.*?)^```\n+(?:Prints: `(?P<prints>[^`]+)`$)?",
    re.MULTILINE | re.DOTALL,
)
HEAD = re.compile(
    r"(?:New file|In) `(?P<file>[^`]+)`(?:, (?P<where>\w+) the line `(?P<line>.+)`)?:"
)


@dataclass(frozen=True)
class Step:
    """A change of a file, or a command and what it prints."""

    head: str
    body: str
    prints: str

    def __str__(self) -> str:
        """What a failure shows."""
        return self.head or self.body.strip()


def steps(title: str) -> list[Step]:
    """The steps of the walk-through under a heading."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    _, _, section = text.partition(f"\n### {title}\n")
    section, _, _ = section.partition("\n### ")
    return [Step(m["head"] or "", m["body"], m["prints"] or "") for m in STEP.finditer(section)]


def copy_tree(folder: Path) -> Path:
    """A copy of the rooms, beside which the package has its import name."""
    leave_out = shutil.ignore_patterns(
        "output", "baselines", "__pycache__", "benchmarks", "browser"
    )
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=leave_out)
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    package = folder / "site" / "conv2d_conformance"
    package.mkdir(parents=True)
    for path in _members(folder):
        (package / path.name).symlink_to(path)
    return folder


def _members(folder: Path) -> Iterator[Path]:
    """What the package holds: the folder `conformance`, and two beside it."""
    yield from (folder / "conformance").iterdir()
    yield folder / "backends"
    yield folder / "reports"


def follow(step: Step, folder: Path) -> str:
    """Do a step, and return what its command prints."""
    if not step.head:
        return run(step.body, folder)
    found = HEAD.fullmatch(step.head)
    assert found is not None, f"not understood: {step.head}"
    path = folder / found["file"]
    path.write_text(_changed(path, found, step.body), "utf-8")
    return ""


def _changed(path: Path, found: re.Match[str], body: str) -> str:
    """The text of a file after a step; the line that it names must be there once."""
    if found["line"] is None:
        assert not path.exists(), f"{path} is there already"
        return body
    lines = path.read_text("utf-8").splitlines(keepends=True)
    places = [i for i, line in enumerate(lines) if line.strip() == found["line"].strip()]
    assert len(places) == 1, f"{path.name} has the line {len(places)} times: {found['line']}"
    at = places[0] + (found["where"] == "after")
    return "".join((*lines[:at], body, *lines[at:]))


def run(command: str, folder: Path) -> str:
    """What a command prints, run by this interpreter on the copy; its exit code is not asked."""
    words = shlex.split(command)
    start = {"python": [sys.executable], "pytest": [sys.executable, "-m", "pytest"]}[words[0]]
    own = {**os.environ, "PYTHONPATH": str(folder / "site"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [*start, *words[1:]], cwd=folder, env=own, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr
