"""The command `run` works in any folder, whatever project is around."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from conv2d_conformance.cli.results_commands import document_name
from conv2d_conformance.reports.document.files import load

ROOT = Path(__file__).parents[2]
OUTPUT = "my results"
PROJECT = {
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--no-such-option"\n',
    "conftest.py": 'raise RuntimeError("another project\'s")\n',
    "mine.py": """
import numpy as np

def conv2d(img, k, padding):
    if padding != "valid" or img.dtype != np.float32:
        raise NotImplementedError("only valid, only float32")
    rows, columns = img.shape[0] - k.shape[0] + 1, img.shape[1] - k.shape[1] + 1
    out = np.zeros((rows, columns), np.float32)
    for a, b in np.ndindex(*k.shape):
        out += img[a:a + rows, b:b + columns] * k[a, b]
    return out + (columns > 30)
""",
}


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of somebody else's, in which the command has run."""
    folder = tmp_path_factory.mktemp("project")
    for name, text in PROJECT.items():
        (folder / name).write_text(text, encoding="utf-8")
    words = [
        "-m",
        "conv2d_conformance",
        "run",
        "mine.py:conv2d",
        "--output",
        OUTPUT,
        "--environment",
        "x",
    ]
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return folder


@pytest.mark.parametrize(
    ("backend", "name"),
    [
        ("scipy.signal", "scipy.signal"),
        ("path/to/x.py:f", "x.py-f"),
        ("x.py:g", "x.py-g"),
        ("mylib.conv:Box.f", "mylib.conv-Box.f"),
    ],
)
def test_backends_of_one_file_have_documents_of_their_own(backend: str, name: str) -> None:
    assert document_name(backend) == name


@pytest.mark.slow
def test_a_run_elsewhere_leaves_only_what_it_was_asked_for(elsewhere: Path) -> None:
    made = {path.name for path in elsewhere.iterdir()} - {"__pycache__"}
    assert made == {*PROJECT, OUTPUT}


@pytest.mark.slow
def test_a_failure_elsewhere_repeats_there_by_the_command_that_it_prints(elsewhere: Path) -> None:
    (run,) = load(elsewhere / OUTPUT / "x.json")["runs"]
    repeats = (r["repeat"] for r in run["records"] if r["kind"] == "verdict"
               and (r["clause"], r["outcome"]) == ("V1", "failed"))  # fmt: skip
    command = [sys.executable, "-m", *shlex.split(str(next(repeats)))]
    again = subprocess.run(command, cwd=elsewhere, capture_output=True, text=True, check=False)
    assert "1 failed" in again.stdout, again.stdout + again.stderr


@pytest.mark.slow
def test_checks_have_the_ids_that_they_have_in_a_checkout(elsewhere: Path) -> None:
    (run,) = load(elsewhere / OUTPUT / "x.json")["runs"]
    ids = {r["id"].partition("/")[0] for r in run["records"] if r["kind"] == "verdict"}
    assert ids == {"conformance"}


@pytest.mark.slow
def test_the_command_of_a_run_can_be_pasted(elsewhere: Path) -> None:
    (run,) = load(elsewhere / OUTPUT / "x.json")["runs"]
    assert f"{OUTPUT}/x.json" in shlex.split(run["command"])
