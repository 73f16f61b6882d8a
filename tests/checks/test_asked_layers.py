"""``--layer ID`` judges one layer, listed or not, by every check that takes such a layer."""

from __future__ import annotations

import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.cases.layers import EXAMPLE
from conv2d_conformance.matrix.rerun_command import rerun_command
from conv2d_conformance.under_test.backend import BackendUnderTest
from tests.helpers.matrix_run import ROOT, matrix, only_line
from tests.mutants.layer_table import EXACT, GRADIENTS, LAYOUT, PAIRING, REAL
from tests.mutants.layers import Layer
from tests.mutants.transposed_table import EXACT as ADJOINT
from tests.mutants.transposed_table import REAL as REAL_ADJOINT

if TYPE_CHECKING:
    from pathlib import Path

CALLS = """
from tests.mutants.layer_slips import dilation_ignored, misgiven
from tests.mutants.layers import Layer
from tests.mutants.output_padding import more_swapped, padded
from tests.mutants.transposed import Transposed

Swapped = padded(more_swapped)
Undilated = misgiven(dilation_ignored)
"""
PADDED = "t-n1c3o2/5x6-by-3x3/valid/s2x3/o1x2"
DILATED = "n1c2o3/9x11-by-3x3/same/d2x2"


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backends") / "layers.py"
    path.write_text(CALLS)
    return path


def checks(done: subprocess.CompletedProcess[str]) -> set[str]:
    """Names of the checks that a run collected, but for the one that the backend loads."""
    tests = {line.partition("::")[2].partition("[")[0] for line in done.stdout.splitlines()}
    return tests - {"", "test_a_backend_that_was_asked_for_loads"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("descriptor", "names"),
    [
        (DILATED, {EXACT, GRADIENTS, PAIRING}),
        (f"{DILATED}/float64/normal", {REAL, GRADIENTS}),
        (f"{DILATED}/NHWC", {LAYOUT, GRADIENTS, PAIRING}),
    ],
)
def test_a_layer_is_judged_by_the_checks_of_its_numbers_and_layout(
    calls: Path, descriptor: str, names: set[str]
) -> None:
    done = matrix("--backend", f"{calls}:Layer", "--layer", descriptor, "--collect-only")
    assert checks(done) == names


@pytest.mark.slow
@pytest.mark.parametrize(
    ("descriptor", "name"), [(PADDED, ADJOINT), (f"{PADDED}/float64/normal", REAL_ADJOINT)]
)
def test_a_transposed_layer_is_judged_by_the_check_of_its_numbers(
    calls: Path, descriptor: str, name: str
) -> None:
    done = matrix("--backend", f"{calls}:Transposed", "--layer", descriptor, "--collect-only")
    assert checks(done) == {name}


@pytest.mark.slow
def test_a_wrong_transposed_layer_is_told(calls: Path) -> None:
    done = matrix("--backend", f"{calls}:Swapped", "--layer", PADDED)
    assert done.returncode == 1
    assert "with the output_padding swapped between the axes" in done.stdout


@pytest.mark.slow
def test_a_layer_that_is_right_passes(calls: Path) -> None:
    done = matrix("--backend", f"{calls}:Layer", "--layer", EXAMPLE, "--layer", DILATED)
    assert (done.returncode, "6 passed" in done.stdout) == (0, True), done.stdout


@pytest.mark.slow
def test_a_wrong_layer_is_told_and_its_command_repeats_it(calls: Path) -> None:
    done = matrix("--backend", f"{calls}:Undilated", "--layer", DILATED, "-k", "C1")
    assert "with the dilation ignored" in done.stdout
    line = next(line for line in done.stdout.splitlines() if line.startswith("repeat: "))
    again = subprocess.run(
        [sys.executable, "-m", *shlex.split(line.removeprefix("repeat: "))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (again.returncode, "1 failed" in again.stdout) == (1, True), again.stdout


@pytest.mark.slow
@pytest.mark.parametrize("descriptor", ["resnet", "n1c3o4g2/6x7-by-3x3/same"])
def test_a_descriptor_that_is_none_is_refused_in_one_line(calls: Path, descriptor: str) -> None:
    done = matrix("--backend", f"{calls}:Layer", "--layer", descriptor)
    assert repr(descriptor) in only_line(done)
    assert done.returncode == 2


@pytest.mark.slow
def test_the_command_run_takes_a_layer_too(calls: Path, tmp_path: Path) -> None:
    words = ["run", f"{calls}:Undilated", "--layer", DILATED, "--output", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "conv2d_conformance", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "with the dilation ignored" in done.stdout


def test_a_run_of_listed_layers_repeats_without_the_option() -> None:
    subject = BackendUnderTest(Layer())
    assert "--layer" not in rerun_command("conformance/checks/test_layers.py::x", subject)
