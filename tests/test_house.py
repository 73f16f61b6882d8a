"""The tests keep the house in order: who imports whom, and how full a room may be."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.helpers.frameworks import need

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
PACKAGES = {
    "conformance": "conv2d_conformance",
    "backends": "conv2d_conformance/backends",
    "reports": "conv2d_conformance/reports",
}
# What is beside the rooms' own tests.
BESIDE = {"benchmarks", "browser", "helpers", "legacy", "mutants"}
LIMIT = 15
SOURCES = sorted(path.relative_to(ROOT).as_posix() for path in TESTS.rglob("*.py"))
FOLDERS = sorted(
    {
        path.parent.relative_to(ROOT).as_posix()
        for top in PACKAGES
        for path in (ROOT / top).rglob("*.py")
    }
)


def imported(source: str) -> Iterator[str]:
    """Full names of the modules that a file imports, or of what it takes from them."""
    for node in ast.walk(ast.parse((ROOT / source).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def modules(folder: str) -> list[str]:
    """Names of a room's modules, but for those that hold checks."""
    names = [path.stem for path in (ROOT / folder).glob("*.py") if path.stem != "__init__"]
    return [name for name in names if not (folder == "conformance/checks" and "test_" in name)]


def folders_of(top: Path) -> set[str]:
    """Names of the packages right under a folder."""
    return {path.parent.name for path in top.glob("*/*.py")}


@pytest.mark.parametrize("source", SOURCES)
def test_no_test_module_is_imported(source: str) -> None:
    found = [
        name for name in imported(source) if any(p.startswith("test_") for p in name.split("."))
    ]
    assert found == [], "what tests share stands in tests/helpers; a check is found by its name"


def test_every_folder_of_tests_is_that_of_a_room() -> None:
    rooms = folders_of(ROOT / "conformance") | {"backends", "reports"}
    assert folders_of(TESTS) - BESIDE <= rooms


@pytest.mark.parametrize(
    "folder",
    FOLDERS,
)
def test_a_room_holds_no_more_than_fifteen_modules(folder: str) -> None:
    assert len(modules(folder)) <= LIMIT


@pytest.mark.slow
def test_an_import_that_runs_up_the_rooms_breaks_the_contract(tmp_path: Path) -> None:
    need("importlinter")
    for folder, package in PACKAGES.items():
        shutil.copytree(ROOT / folder, tmp_path / package, ignore=shutil.ignore_patterns("output"))
    with (tmp_path / "conv2d_conformance" / "definition" / "shapes.py").open("a") as file:
        file.write("\nfrom conv2d_conformance.cli import main\n")
    words = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as lint; lint()",
            *words,
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    broken = "conv2d_conformance.definition is not allowed to import conv2d_conformance.cli"
    assert (done.returncode, broken in " ".join(done.stdout.split())) == (1, True), done.stdout
