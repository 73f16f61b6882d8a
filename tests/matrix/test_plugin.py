"""The matrix as its user runs it: ``pytest conformance`` in a process of its own."""

from __future__ import annotations

import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.reports.document.files import load
from tests.helpers.matrix_run import ROOT, matrix, only_line

if TYPE_CHECKING:
    from pathlib import Path

    from conv2d_conformance.reports.document.model import Run

pytestmark = pytest.mark.slow

CALLS = """
from conv2d_conformance.backends.protocol import Spec, Unsupported
from tests.mutants import bad_input, direct, geometry

plain = direct.conv2d
flips_rows = geometry.reads("flip-rows")
inconsistent = geometry.only(geometry.rolled, even=True)
wrong_when_large = geometry.only(geometry.rolled, columns=101)
takes_two_dtypes = bad_input.promoting
number = 3


class Nothing:
    spec = Spec(name="nothing", call="nothing(img, k)")

    def conv2d(self, img, k, padding):
        raise Unsupported("it can do nothing")


class Needs:
    def __init__(self):
        raise ImportError("No module named 'fictorch'")
"""


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of backends."""
    path = tmp_path_factory.mktemp("backends") / "calls.py"
    path.write_text(CALLS)
    return path


def only_run(path: Path) -> Run:
    (run,) = load(path)["runs"]
    return run


def fact(run: Run, name: str) -> object:
    return next(r["value"] for r in run["records"] if r["kind"] == "fact" and r["fact"] == name)


def test_an_unknown_backend_is_named_with_what_there_is() -> None:
    line = only_line(matrix("--backend", "tourch"))
    assert "'tourch'" in line
    assert "did you mean 'torch'" in line
    assert "scipy.signal.convolve2d" in line


@pytest.mark.parametrize(
    ("attribute", "words"),
    [("absent", "has no 'absent'"), ("number", "is an int"), ("", "names a file alone; say which")],
)
def test_a_backend_that_is_none_is_refused_in_one_line(
    calls: Path, attribute: str, words: str
) -> None:
    assert words in only_line(matrix("--backend", f"{calls}:{attribute}"))


@pytest.mark.parametrize("where", ["no/such/file.py:conv2d", "no_such_module:conv2d"])
def test_a_place_that_does_not_exist_is_named_in_one_line(where: str) -> None:
    assert where.partition(":")[0] in only_line(matrix("--backend", where))


def test_a_file_that_does_not_parse_is_named_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("def conv2d(:\n")
    assert "broken.py" in only_line(matrix("--backend", f"{broken}:conv2d"))


def test_results_that_cannot_be_written_are_refused_in_one_line(calls: Path) -> None:
    done = matrix("--backend", f"{calls}:plain", "--results", "/proc/none/results.json")
    assert "/proc/none/results.json" in only_line(done)


@pytest.mark.parametrize("words", ["V1", "no_such_word"])
def test_a_backend_that_does_not_load_says_why_whatever_is_selected(
    words: str, calls: Path
) -> None:
    done = matrix("--backend", f"{calls}:Needs", "-k", words)
    assert "needs what is not installed: No module named 'fictorch'" in done.stdout
    assert done.returncode != 0


def test_processes_that_would_all_write_one_document_are_refused(
    calls: Path, tmp_path: Path
) -> None:
    done = matrix("--backend", f"{calls}:plain", "--results", tmp_path / "r.json", "-n", "2")
    assert "leave out -n" in only_line(done)


def test_a_bare_function_that_flips_rows_conforms_to_what_it_does(
    calls: Path, tmp_path: Path
) -> None:
    done = matrix("--backend", f"{calls}:flips_rows", "--results", tmp_path / "r.json",
                  "-m", "not timing")  # fmt: skip
    assert done.returncode == 0, done.stdout
    run = only_run(tmp_path / "r.json")
    assert fact(run, "orientation") == "flip-rows"
    assert run["records"][-1]["kind"] == "end"


def test_an_inconsistent_function_fails_and_is_told_how(calls: Path) -> None:
    done = matrix("--backend", f"{calls}:inconsistent", "-k", "G1")
    assert done.returncode == 1
    assert "its geometry is inconsistent" in done.stdout
    assert "wrong for every even image width, right for every odd one" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_failure_repeats_by_the_command_that_it_prints(calls: Path) -> None:
    done = matrix("--backend", f"{calls}:inconsistent", "-k", "G1")
    repeat = next(line for line in done.stdout.splitlines() if "repeat: pytest " in line)
    words = shlex.split(repeat.partition("repeat: ")[2])
    again = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (again.returncode, "1 failed" in again.stdout) == (1, True), again.stdout + again.stderr


@pytest.mark.serial
@pytest.mark.parametrize(
    ("call", "options", "told"),
    [
        ("plain", (), "1 passed"),
        ("wrong_when_large", (), "1 failed"),
        ("plain", ("--time-budget", "0"), "1 skipped"),
        ("plain", ("--benchmark-disable",), "1 skipped"),
        ("plain", ("--benchmark-skip",), "1 skipped"),
    ],
)
def test_a_timing_has_one_outcome(
    calls: Path, call: str, options: tuple[str, ...], told: str
) -> None:
    done = matrix("--backend", f"{calls}:{call}", "-k", "T1 and 128x128-by-3x3", *options)
    assert done.stdout.splitlines()[-1].startswith(f"{told}, "), done.stdout


def test_a_run_in_which_all_is_unsupported_does_not_pass(calls: Path) -> None:
    done = matrix("--backend", f"{calls}:Nothing", "-k", "V1 or V2")
    assert done.returncode != 0
    assert "nothing passed" in done.stdout


def test_a_framework_that_is_missing_fails_and_is_named(calls: Path) -> None:
    done = matrix("--backend", f"{calls}:Needs")
    assert done.returncode == 1
    assert "needs what is not installed: No module named 'fictorch'" in done.stdout
    assert "1 failed" in done.stdout


@pytest.mark.parametrize(
    ("selection", "test"),
    [
        (("-k", "V1"), "test_sums_of_small_integers_are_exact"),
        (("-k", "H4"), "test_the_process_is_left_as_it_was"),
        (("-m", "dtype"), "test_floats_keep_their_dtype"),
    ],
)
def test_a_clause_or_a_section_selects_its_checks(
    calls: Path, selection: tuple[str, str], test: str
) -> None:
    done = matrix("--backend", f"{calls}:plain", "--collect-only", *selection)
    names = {line.partition("::")[2].partition("[")[0] for line in done.stdout.splitlines()}
    assert names - {""} == {test}


def test_a_section_of_several_checks_selects_them_alone(calls: Path) -> None:
    done = matrix("--backend", f"{calls}:plain", "--collect-only", "-m", "geometry")
    files = {line.partition("::")[0] for line in done.stdout.splitlines() if "::" in line}
    assert files == {"conformance/checks/test_geometry.py", "conformance/checks/test_exhaustive.py"}
    assert "test_same_keeps_the_image_shape" not in done.stdout


def test_what_a_bare_function_takes_is_told_at_the_end(calls: Path) -> None:
    done = matrix("--backend", f"{calls}:takes_two_dtypes", "-k", "B4 or S1")
    assert "3 measured" in done.stdout
    assert "B4, measured: takes an image of float32 with a kernel of float64: " in done.stdout
    assert "refused" not in done.stdout
