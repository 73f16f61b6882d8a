"""The script of a shipped adapter runs where only NumPy and the framework are installed."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from conv2d_conformance.backends import protocol, registry, spec_rules
from conv2d_conformance.cases.case import Case
from conv2d_conformance.cases.layers import parse
from conv2d_conformance.errors import WrongValueError
from conv2d_conformance.matrix.reproducers.about import About
from conv2d_conformance.matrix.reproducers.carried_adapter import (
    PACKAGE,
    CarriedAdapter,
    _imported,
    adapter_code,
    carry,
)
from conv2d_conformance.matrix.reproducers.evidence import Evidence, stored_arrays
from conv2d_conformance.matrix.reproducers.layer_evidence import layer_evidence
from conv2d_conformance.matrix.reproducers.plane_evidence import plane_evidence
from conv2d_conformance.matrix.reproducers.script import render
from conv2d_conformance.under_test.backend import BackendUnderTest
from conv2d_conformance.under_test.factory import put_under_test
from tests.helpers import numpy_adapter
from tests.mutants.layer_faults import KernelGradientFlipped
from tests.mutants.layer_slips import dilation_ignored, reading

pytestmark = pytest.mark.slow

LAYER = "n1c2o3/9x11-by-3x2/same/s2x1/d1x2"
READ = "parts = _read(img, k, padding, **options)"
BY_K = "return np.zeros_like(img), by_k"


def plant(folder: Path, attr: str = "Planted", old: str = "", new: str = "") -> CarriedAdapter:
    """The adapter that needs NumPy alone, in a folder of its own, with some of its text changed."""
    text = Path(numpy_adapter.__file__).read_text("utf-8")
    root = folder / "root"
    (root / "adapters").mkdir(parents=True)
    (root / "adapters" / "planted.py").write_text(text.replace(old, new) if old else text, "utf-8")
    for module in (protocol, spec_rules):
        (root / Path(str(module.__file__)).name).write_bytes(
            Path(str(module.__file__)).read_bytes()
        )
    return carry(f"{PACKAGE}.adapters.planted", attr, root)


def run(
    found: Evidence | None, adapter: str | CarriedAdapter, folder: Path, snippet: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the script in a folder that holds it and its arrays, isolated from all else."""
    assert found is not None
    about = About("planted", "check", "case", "message", snippet, adapter, (), "data.npz")
    alone = folder / "alone"
    alone.mkdir()
    np.savez(alone / "data.npz", **stored_arrays(found))
    (alone / "shown.py").write_text(render(found, about), "utf-8")
    command = [sys.executable, "-I", "shown.py"]
    return subprocess.run(command, cwd=alone, capture_output=True, text=True, check=False)


UNDILATED = layer_evidence(put_under_test(reading(dilation_ignored)()), parse(LAYER))


def test_a_layers_script_shows_the_defect_with_numpy_alone(tmp_path: Path) -> None:
    undilated = READ.replace("**options", 'stride=options["stride"]')
    done = run(UNDILATED, plant(tmp_path, "Planted", READ, undilated), tmp_path)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("result:")


@pytest.mark.parametrize("attr", ["Planted", "Older"])
def test_a_layers_script_shows_nothing_of_a_right_adapter(attr: str, tmp_path: Path) -> None:
    done = run(UNDILATED, plant(tmp_path, attr), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("by_k", "code"), [(BY_K, 0), (f"{BY_K}[..., ::-1, :]", 1)])
def test_a_script_of_gradients_asks_for_them(by_k: str, code: int, tmp_path: Path) -> None:
    layer = replace(parse(LAYER), differentiated=True)
    found = layer_evidence(put_under_test(KernelGradientFlipped()), layer)
    done = run(found, plant(tmp_path, "Planted", BY_K, by_k), tmp_path)
    assert done.returncode == code, done.stdout + done.stderr
    assert ("result_by_k:" in done.stdout) == bool(code)


def test_a_script_makes_the_adapter_in_the_layout_that_was_judged(tmp_path: Path) -> None:
    assert UNDILATED is not None
    adapter = plant(tmp_path, "Planted", READ, f'assert self.layout == "NHWC"; {READ}')
    done = run(replace(UNDILATED, layout="NHWC"), adapter, tmp_path)
    assert done.returncode == 0, done.stdout


def test_a_framework_that_is_not_installed_is_no_defect(tmp_path: Path) -> None:
    adapter = plant(tmp_path, "Planted", "self.layout = layout", "import no_such_framework")
    done = run(UNDILATED, adapter, tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stdout.startswith("cannot run: No module named 'no_such_framework'")


@pytest.mark.parametrize("name", ["scipy.signal.correlate2d", "textbook.sum"])
def test_a_planes_script_without_a_snippet_carries_its_adapter(name: str, tmp_path: Path) -> None:
    if name.startswith("scipy"):
        pytest.importorskip("scipy")
    subject = BackendUnderTest(registry.load(name), seconds=9)
    subject.call(*Case((6, 7), (3, 3)).arrays(), "same")
    found = plane_evidence(subject, WrongValueError("", bound=None))
    done = run(found, adapter_code(name), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", [*registry.SHIPPED, *registry.TRANSPOSED])
def test_every_shipped_adapter_is_carried_whole(name: str) -> None:
    adapter = adapter_code(name)
    assert isinstance(adapter, CarriedAdapter)
    text = "\n".join(adapter.sources.values())
    assert f"class {adapter.attr}" in text
    assert f"{PACKAGE}.protocol" in adapter.sources


@pytest.mark.parametrize("name", [*registry.SHIPPED, *registry.TRANSPOSED])
def test_every_module_that_is_carried_comes_after_those_that_it_imports(name: str) -> None:
    adapter = adapter_code(name)
    assert isinstance(adapter, CarriedAdapter)
    order = list(adapter.sources)
    for module, text in adapter.sources.items():
        needed = [part for part in _imported(ast.parse(text)) if part in order]
        assert [part for part in needed if order.index(part) > order.index(module)] == []


def test_a_script_of_a_layer_runs_on_the_oldest_python() -> None:
    assert UNDILATED is not None
    for name in (*registry.SHIPPED, *registry.TRANSPOSED):
        about = About(name, "check", "case", "message", "", adapter_code(name), (), "data.npz")
        assert ast.parse(render(UNDILATED, about), feature_version=(3, 7))
