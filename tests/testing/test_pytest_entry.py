"""In any project's run of pytest: the decorator, its receipts, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

LIBRARY = """
import numpy as np

def conv2d(img, k, padding):
    if padding != "valid":
        raise ValueError(padding)
    windows = np.lib.stride_tricks.sliding_window_view(img, k.shape)
    return np.einsum("ijab,ab->ij", windows, k)

def wrong(img, k, padding):
    return conv2d(img, k[::-1] if (*img.shape, *k.shape) == (9, 10, 3, 3) else k, padding)
"""
TESTS = """
from conv2d_conformance.testing import ExpectedFailure, parametrize_with_checks
from mylib import conv2d, wrong

@parametrize_with_checks([CALL], ARGUMENTS)
def test_conformance(check):
    check.run()
"""
FEW = ("-k", "V3 or S1")
VALID_CASES = 17
ONE = "V2 and valid/9x10-by-3x3/float32/normal"


def project(folder: Path, call: str = "conv2d", arguments: str = "") -> Path:
    (folder / "mylib.py").write_text(LIBRARY, "utf-8")
    tests = TESTS.replace("CALL", call).replace("ARGUMENTS", arguments)
    (folder / "test_mine.py").write_text(tests, "utf-8")
    (folder / "pytest.ini").write_text(
        "[pytest]\naddopts = --strict-markers --strict-config -p no:cacheprovider\n"
        "filterwarnings = error\npythonpath = .\n",
        "utf-8",
    )
    return folder


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_right_call_passes_in_a_strict_project(tmp_path: Path) -> None:
    done = run(project(tmp_path), *FEW)
    assert done.returncode == 0, done.stdout
    assert f"{VALID_CASES} ran, 3 refused" in done.stdout


def test_what_a_call_takes_that_declares_nothing_is_counted_apart(tmp_path: Path) -> None:
    done = run(project(tmp_path), "-k", "B4 or S1")
    assert f"{VALID_CASES} ran, 3 measured, 0 refused" in done.stdout


def test_a_wrong_call_fails_with_its_clause_and_its_cause(tmp_path: Path) -> None:
    done = run(project(tmp_path, "wrong"), "-k", ONE)
    assert done.returncode == 1
    assert "It equals the reference read as flip-rows" in done.stdout
    assert "V2: On real data each element lies within" in done.stdout


def test_a_call_that_does_not_load_fails_and_is_not_skipped(tmp_path: Path) -> None:
    done = run(project(tmp_path, "'nolib.conv:conv2d'"))
    assert (done.returncode, "1 failed" in done.stdout) == (1, True), done.stdout


def test_a_session_with_fewer_checks_than_must_run_fails(tmp_path: Path) -> None:
    done = run(project(tmp_path, arguments="minimum=18"), *FEW)
    assert done.returncode == 1
    assert "at least 18 must run" in done.stdout


def test_a_marker_selects_a_section_or_a_clause(tmp_path: Path) -> None:
    done = run(project(tmp_path), "-m", "conv2d_conformance(clause='G3')")
    assert re.search(r"collected \d+ items / \d{4} deselected / 2 selected", done.stdout)


def test_processes_of_xdist_share_one_receipt(tmp_path: Path) -> None:
    pytest.importorskip("xdist")
    folder = project(tmp_path, arguments="minimum=18")
    done = run(folder, "-n", "2", *FEW)
    assert (done.returncode, f"{VALID_CASES} ran" in done.stdout) == (1, True), done.stdout


@pytest.mark.parametrize(
    ("call", "symptom", "words"),
    [("wrong", "value", "xfailed"), ("wrong", "shape", "failed"), ("conv2d", "value", "XPASS")],
)
def test_an_expected_failure_is_strict(call: str, symptom: str, words: str, tmp_path: Path) -> None:
    record = f"expected_failures=[ExpectedFailure('V2', '{symptom}', 'reads rows backwards')]"
    done = run(project(tmp_path, call, record), "-k", ONE)
    assert words in done.stdout
    assert done.returncode == (words != "xfailed")


def test_the_matrix_runs_on_a_call_by_its_dotted_name_in_any_folder(tmp_path: Path) -> None:
    (tmp_path / "mylib.py").write_text(LIBRARY, "utf-8")
    words = ("--pyargs", "conv2d_conformance", "--backend", "mylib.conv2d", "-m", "shape")
    done = run(tmp_path, *words)
    assert (done.returncode, "mylib:conv2d: 1" in done.stdout) == (0, True), done.stdout


def test_another_projects_options_and_run_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "def pytest_addoption(parser):\n"
        "    for name in ('--backend', '--layer', '--seed', '--python'):\n"
        "        parser.addoption(name)\n",
        "utf-8",
    )
    (tmp_path / "test_it.py").write_text(
        "import sys\n\n"
        "def test_it():\n"
        "    ours = sorted(name for name in sys.modules if name.startswith('conv2d_c'))\n"
        "    assert ours == ['conv2d_conformance', 'conv2d_conformance.pytest_entry']\n"
        "    assert not {'numpy', 'hypothesis', 'scipy'} & set(sys.modules)\n",
        "utf-8",
    )
    # These are plugins of pytest too, and load much.
    others = ("-p", "no:hypothesispytest", "-p", "no:benchmark")
    done = run(tmp_path, "-q", "--backend", "theirs", *others)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "conv2d" not in done.stdout
