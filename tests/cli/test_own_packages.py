"""A person's project may have packages of any name: every command finds what lies in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.reports.document.files import load
from tests.helpers.installs import (
    build_wheel,
    checked,
    copy_checkout,
    make_environment,
    other_distribution,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Files = dict[str, str]

pytestmark = pytest.mark.slow

CONV2D = """
import numpy as np

def conv2d(img, k, padding):
    if padding != "valid" or min(np.subtract(img.shape, k.shape)) < 0:
        raise NotImplementedError("only valid")
    rows, columns = img.shape[0] - k.shape[0] + 1, img.shape[1] - k.shape[1] + 1
    out = np.zeros((rows, columns), img.dtype)
    for a, b in np.ndindex(*k.shape):
        out += img[a:a + rows, b:b + columns] * k[a, b]
    return out
"""
OWN = "from backends.core import ONE\nfrom reports import TWO\nfrom conformance.data import THREE\n"
PROJECT = {
    # Packages with the names that this project's folders have in a checkout.
    "backends/__init__.py": "",
    "backends/core.py": "ONE = 1\n",
    "backends/conv.py": "from .core import ONE\nfrom mylib.x import conv2d\n",
    "reports/__init__.py": "TWO = 2\n",
    "conformance/__init__.py": "",
    "conformance/data.py": "THREE = 3\n",
    "mylib/__init__.py": "from .conv import conv2d\n",
    "mylib/x.py": CONV2D,
    "mylib/conv.py": f"{OWN}from mylib.x import conv2d\nfrom . import x\n",
    "tools/beside.py": CONV2D,
    "tools/loops.py": f"{OWN}from beside import conv2d\n",
}  # fmt: skip
SELECTORS = (
    "mylib.conv:conv2d",
    "mylib/conv.py:conv2d",
    "mylib/__init__.py:conv2d",
    "backends.conv:conv2d",
    "backends/conv.py:conv2d",
    "tools/loops.py:conv2d",
)


def write(folder: Path, files: Files) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path, PROJECT)


@pytest.fixture(scope="session")
def installs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pythons that have this project, and another distribution that has a ``backends``."""
    top = tmp_path_factory.mktemp("installs")
    source, other = copy_checkout(top / "checkout"), str(other_distribution("backends", top))
    wheel = str(build_wheel(source, top / "wheels"))
    return {
        "wheel": make_environment(top / "wheel", [other], [wheel]),
        "editable": make_environment(top / "editable", [other], ["-e", str(source)]),
    }


@pytest.fixture(params=["wheel", "editable"])
def python(request: pytest.FixtureRequest, installs: dict[str, Path]) -> Path:
    return installs[request.param]


def module(python: Path) -> list[str]:
    return [str(python), "-m", "conv2d_conformance"]


def script(python: Path) -> list[str]:
    return [str(python.with_name("conv2d-conformance"))]


@pytest.fixture(params=[module, script])
def program(request: pytest.FixtureRequest, python: Path) -> list[str]:
    start: Callable[[Path], list[str]] = request.param
    return start(python)


def output(command: list[str], folder: Path, **variables: str) -> str:
    env = {**os.environ, **variables}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=env)
    assert not done.returncode, done.stdout + done.stderr
    return done.stdout


def probed(command: list[str], folder: Path) -> dict[str, str]:
    facts = json.loads(output([*command, "--json"], folder))
    return {fact["backend"]: fact["orientation"] for fact in facts}


def test_probe_finds_what_lies_in_the_project(program: list[str], project: Path) -> None:
    found = probed([*program, "probe", *SELECTORS], project)
    assert found == dict.fromkeys(SELECTORS, "correlation")


def test_probe_finds_it_in_another_interpreter(program: list[str], project: Path) -> None:
    found = probed([*program, "probe", *SELECTORS, "--python", sys.executable], project)
    assert found == dict.fromkeys(SELECTORS, "correlation")


def test_run_finds_it(program: list[str], project: Path) -> None:
    command = [*program, "run", *SELECTORS, "--output", "out", "--environment", "own"]
    output(command, project, PYTEST_ADDOPTS="-k V1")
    (run,) = load(project / "out" / "own.json")["runs"]
    checks = [record for record in run["records"] if record["kind"] == "verdict"]
    assert {record["backend"] for record in checks} == set(SELECTORS)
    # Documents of a wheel and of a checkout name a check alike.
    assert {r["id"].partition("::")[0] for r in checks} == {"conformance/checks/test_values.py"}


def test_a_run_in_its_own_process_finds_it(python: Path, project: Path) -> None:
    lines = "import conv2d_conformance.checks as c; print(c.__path__[0])"
    checks = checked([str(python), "-c", lines]).strip()
    chosen = [word for selector in SELECTORS for word in ("--backend", selector)]
    command = [str(python), "-m", "pytest", "-p", "conv2d_conformance.plugin", "-k", "V1"]
    printed = output([*command, checks, "--in-process", *chosen], project)
    assert all(f"{selector}: " in printed for selector in SELECTORS)


def test_another_distribution_keeps_its_package(program: list[str], tmp_path: Path) -> None:
    write(tmp_path, {"mine.py": f"from backends import OTHER\n{CONV2D}"})
    found = probed([*program, "probe", "mine.py:conv2d", "mine:conv2d"], tmp_path)
    assert found == {"mine.py:conv2d": "correlation", "mine:conv2d": "correlation"}


def test_the_distribution_installs_one_name(installs: dict[str, Path]) -> None:
    (library,) = installs["wheel"].parents[1].glob("lib/python*/site-packages")
    names = {path.name for path in library.iterdir() if path.suffix not in (".pth", ".dist-info")}
    assert names == {"backends", "conv2d_conformance"}
