"""A failing layer comes with a script that shows it, and shows nothing once it is mended."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.backends.protocol import Unsupported
from conv2d_conformance.cases.layer_tables import FULL
from conv2d_conformance.cases.layers import is_layer, parse
from conv2d_conformance.errors import NonconformanceError
from conv2d_conformance.matrix.reproducers.about import About
from conv2d_conformance.matrix.reproducers.evidence import stored_arrays
from conv2d_conformance.matrix.reproducers.layer_evidence import layer_evidence
from conv2d_conformance.matrix.reproducers.script import render
from conv2d_conformance.reports.document.files import load
from conv2d_conformance.under_test.factory import put_under_test as adjoint
from tests.helpers.judge_mutant import check_named
from tests.helpers.matrix_run import ROOT, matrix
from tests.mutants import layer_faults
from tests.mutants.layer_table import (
    ANEW,
    APART,
    CHANNELS_LAST,
    EXACT,
    GRADIENTS,
    LATER,
    LAYER_MUTANTS,
    LAYOUT,
    LOCAL,
    LOST,
    MANY,
    PAIRING,
    REAL,
    REFUSAL,
    THREADS,
    UNTOUCHED,
)
from tests.mutants.layers import Layer
from tests.mutants.output_padding import more_swapped, padded
from tests.mutants.transposed import Transposed

if TYPE_CHECKING:
    from pathlib import Path

    from conv2d_conformance.cases.case import Case
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.matrix.reproducers.evidence import Evidence
    from conv2d_conformance.under_test.backend import BackendUnderTest
    from tests.mutants.mutant import Mutant

JUDGED = (
    *(EXACT, REAL, LAYOUT, GRADIENTS, PAIRING),
    *(UNTOUCHED, ANEW, LATER, APART, CHANNELS_LAST, LOST, LOCAL),
    *(THREADS, MANY, REFUSAL),
)
OF_LAYERS = [mutant for mutant in LAYER_MUTANTS if mutant.check in JUDGED]
ABOUT = About("mutant", "check", "case", "message", "", "found = ADAPTER", (), "data.npz")
FLIPPED = "n1c2o3/9x11-by-3x2/same/s2x1/d1x2"


def under_test(adapter: type[Layer]) -> BackendUnderTest:
    return adjoint(adapter(), seconds=20)


def failing(subject: BackendUnderTest, check: str) -> tuple[Case, str]:
    """The first layer on which a check fails, and what the failure claims."""
    for case in check_named(check).cases:
        assert is_layer(case)
        try:
            check_named(check).run(subject, case)
        except Unsupported:
            continue
        except NonconformanceError as error:
            return case, error.claim
    raise AssertionError(check)


def evidence_of(subject: BackendUnderTest, layer: Case, claim: str = "right") -> Evidence:
    found = layer_evidence(subject, layer, claim)
    assert found is not None
    return found


def run(found: Evidence, adapter: object, folder: Path) -> object:
    """What the script exits with where that is the adapter."""
    text = render(found, ABOUT)
    np.savez(folder / ABOUT.data, **stored_arrays(found))
    names = {"ADAPTER": adapter, "__file__": str(folder / "shown.py")}
    with pytest.raises(SystemExit) as raised:
        exec(compile(text, "script", "exec"), names)  # noqa: S102
    return raised.value.code


@pytest.fixture(autouse=True)
def _exit_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script replaces it."""
    monkeypatch.setattr(os, "_exit", os._exit)


def test_the_script_of_a_transposed_layer_calls_the_transposed_convolution(tmp_path: Path) -> None:
    swapped = padded(more_swapped)
    found = evidence_of(adjoint(swapped()), parse("t-5x6-by-3x3/valid/s2x3/o1x2"))
    assert (run(found, swapped(), tmp_path), run(found, Transposed(), tmp_path)) == (1, 0)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", OF_LAYERS, ids=lambda mutant: mutant.id)
def test_every_mutants_script_tells_it_from_the_right_layer(mutant: Mutant, tmp_path: Path) -> None:
    subject = mutant.under_test()
    found = evidence_of(subject, *failing(subject, mutant.check))
    assert (run(found, mutant.adapter(), tmp_path), run(found, Layer(), tmp_path)) == (1, 0)


class Flipping(Layer):
    """Reads its kernel flipped, and is right in that."""

    spec = replace(Layer.spec, orientation="flip-rows")

    def conv2d(self, img: Array, k: Array, padding: Any, **options: Any) -> Array:
        return super().conv2d(img, k[..., ::-1, :], padding, **options)

    def gradients(
        self, img: Array, k: Array, padding: Any, cotangent: Array, **options: Any
    ) -> tuple[Array, Array]:
        turned = k[..., ::-1, :]
        by_img, by_k = super().gradients(img, turned, padding, cotangent, **options)
        return by_img, by_k[..., ::-1, :]


@pytest.mark.parametrize("tail", ["", "/float64/normal", "/float16/normal"])
@pytest.mark.parametrize("differentiated", [False, True], ids=["result", "gradients"])
@pytest.mark.parametrize("adapter", [Layer, Flipping])
def test_a_right_layer_gets_a_script_that_shows_nothing(
    adapter: type[Layer], tail: str, differentiated: bool, tmp_path: Path
) -> None:
    layer = replace(parse(FLIPPED + tail), differentiated=differentiated)
    found = evidence_of(under_test(adapter), layer)
    assert len(found.parts) == (3 if differentiated else 1)
    assert run(found, adapter(), tmp_path) == 0


class Rounding(Layer):
    """Sums in float64, and rounds once."""

    def conv2d(self, img: Array, k: Array, padding: Any, **options: Any) -> Array:
        wide = img.astype(np.float64), k.astype(np.float64)
        return super().conv2d(*wide, padding, **options).astype(img.dtype)


def test_operands_that_numpy_does_not_store_reach_the_call(tmp_path: Path) -> None:
    found = evidence_of(under_test(Rounding), parse(f"{FLIPPED}/bfloat16"))
    assert run(found, Rounding(), tmp_path) == 0
    assert run(found, Layer(), tmp_path) == 1  # NumPy's einsum has no bfloat16


def test_a_layer_of_which_only_blocks_are_judged_has_no_script() -> None:
    assert [layer_evidence(under_test(Layer), layer) for layer in FULL] == [None] * len(FULL)


class Tripling(Layer):
    """Gives three times everything but its gradients, so that no orientation is measured."""

    def conv2d(self, img: Array, k: Array, padding: Any, **options: Any) -> Array:
        result: Array = 3 * super().conv2d(img, k, padding, **options)
        return result


def test_a_failure_without_a_measured_reading_has_no_script() -> None:
    subject = under_test(Tripling)
    assert layer_evidence(subject, failing(subject, PAIRING)[0]) is None


def test_the_arrays_hold_everything_that_was_in_play() -> None:
    layer = replace(parse(FLIPPED), differentiated=True)
    stored = stored_arrays(evidence_of(under_test(layer_faults.KernelGradientFlipped), layer))
    tails = {f"{name}_by_k" for name in ("result", "expected", "rest", "bound")}
    assert stored.keys() == {"img", "k", "cotangent", "padding", "options"} | tails


class Leaving(Layer):
    """Ends the process."""

    def conv2d(self, *_: object, **__: object) -> Array:
        os._exit(0)


def test_a_script_outlives_a_call_that_ends_the_process(tmp_path: Path) -> None:
    found = evidence_of(under_test(Layer), parse(FLIPPED))
    assert run(found, Leaving(), tmp_path) == 1


CALLS = """
from dataclasses import replace

from tests.mutants.layer_slips import reading, dilation_ignored, several, where
from tests.mutants.layers import Layer

Undilated = reading(where(several, dilation_ignored))
"""


def python(folder: Path, script: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(script)], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.mark.slow
def test_a_failing_run_names_a_script_that_shows_the_layer_until_it_is_mended(
    tmp_path: Path,
) -> None:
    calls = tmp_path / "calls.py"
    calls.write_text(CALLS)
    matrix("--backend", f"{calls}:Undilated", "--layer", f"{FLIPPED}/float64", "-k", "C1",
           "--results", tmp_path / "r.json")  # fmt: skip
    (run,) = load(tmp_path / "r.json")["runs"]
    (failed,) = [r for r in run["records"] if r["kind"] == "verdict" and r["outcome"] == "failed"]
    script = tmp_path / str(failed.get("script"))
    shown = python(tmp_path, script)
    calls.write_text(f"{CALLS}\nUndilated = Layer\n")
    mended = python(tmp_path, script)
    calls.write_text("import no_such_module\n")
    lost = python(tmp_path, script)
    assert [done.returncode for done in (shown, mended, lost)] == [1, 0, 2], shown.stderr
    assert "result:" in shown.stdout
    assert "cannot run: No module named 'no_such_module'" in lost.stdout
