"""The examples of the room of backends work as their README says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from conv2d_conformance.cli import upgrade as upgrading
from conv2d_conformance.cli.main import main
from conv2d_conformance.runtime.environments.find_python import python_in

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "backends" / "examples"
README = (EXAMPLES / "README.md").read_text("utf-8")
WORKFLOW = (EXAMPLES / "upgrade_gate.yml").read_text("utf-8")
# Enough to show that the example is judged; the whole matrix takes ten times as long.
FEW = ("-q", "-m", "loading or geometry or dtype or bad_input")
FLIPPED = "    return _right(img, k[::-1, ::-1], padding)\n"

pytestmark = pytest.mark.slow


def judge(backend: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "conformance", "--backend", backend, *FEW]
    own = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "backend", ["bare_function.py:conv2d", "declared_adapter.py:Periodic"], ids=lambda b: b[:8]
)
def test_a_file_conforms(backend: str) -> None:
    done = judge(f"backends/examples/{backend}")
    assert done.returncode == 0, done.stdout
    assert f"`pytest conformance --backend backends/examples/{backend}`" in README


def test_a_package_is_found_by_its_entry_point(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(tmp_path)]
    # A copy, because a build leaves its folders beside what it builds.
    source = tmp_path / "source"
    shutil.copytree(EXAMPLES / "package", source)
    subprocess.run([*pip, str(source)], check=True)
    done = judge("mylib.conv2d", PYTHONPATH=str(tmp_path))
    assert done.returncode == 0, done.stdout
    assert "mylib.conv2d: " in done.stdout


def command_of(step: str) -> list[str]:
    """The words of one step of the workflow."""
    found = re.search(rf"- name: {step}\n        run: \|\n((?: {{10}}.+\n)+)", WORKFLOW)
    assert found is not None
    return shlex.split(os.path.expandvars(found[1].replace("\\\n", " ")))


def interpreter(folder: Path, code: str) -> None:
    """An environment with NumPy and one version of the module ``calls``."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "numpy.pth").write_text(str(Path(np.__file__).parents[1]), "utf-8")
    (packages / "calls.py").write_text(code, "utf-8")
    assert python_in(folder) == folder / "bin" / "python"


@pytest.mark.parametrize(("after", "status"), [("same", 0), ("flipped", 1)])
def test_the_workflow_stops_an_upgrade_that_flips_the_kernel(
    after: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BACKEND", "calls:conv2d")
    few: Sequence[str] = (*upgrading.QUIET_OPTIONS, *FEW[1:])
    monkeypatch.setattr(upgrading, "QUIET_OPTIONS", few)
    right = (EXAMPLES / "bare_function.py").read_text("utf-8")
    wrong = right.replace("def conv2d", "def _right") + (
        f"\n\ndef conv2d(img, k, padding):\n{FLIPPED}"
    )
    interpreter(Path("before"), right)
    interpreter(Path("after"), right if after == "same" else wrong)
    program, *words = command_of("Compare them")
    assert program == "conv2d-conformance"
    assert main([*words, "--seconds", "0"]) == status
    assert ("orientation" in Path("summary.md").read_text("utf-8")) is bool(status)
