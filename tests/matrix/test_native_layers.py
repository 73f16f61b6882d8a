"""The script of a layer makes the framework's own call, in the framework's own words."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from conv2d_conformance.backends import registry
from conv2d_conformance.cases.layers import parse
from conv2d_conformance.matrix.reproducers.about import About
from conv2d_conformance.matrix.reproducers.evidence import Evidence, stored_arrays
from conv2d_conformance.matrix.reproducers.layer_evidence import layer_evidence
from conv2d_conformance.matrix.reproducers.native_call import native_snippet
from conv2d_conformance.matrix.reproducers.script import render
from conv2d_conformance.translation.call_facts import declared_spec
from conv2d_conformance.under_test.factory import put_under_test
from tests.mutants.layer_faults import KernelGradientFlipped
from tests.mutants.layer_slips import dilation_ignored, reading
from tests.mutants.layers import Layer

if TYPE_CHECKING:
    from pathlib import Path

    from conv2d_conformance.backends.protocol import Spec

LAYER = "n1c2o3/9x11-by-3x2/valid/s2x1/d1x2"
PLANE = "9x11-by-3x2/valid/s2x1/d1x2"
# One line away from the right call.
TEXT = """\
import numpy as np
size = [(n - d * (m - 1) - 1) // s + 1
        for n, m, s, d in zip(img.shape[2:], k.shape[2:], stride, dilation)]
y = np.zeros((len(img), len(k), *size), img.dtype)
for a, b in np.ndindex(*k.shape[2:]):
    rows = slice(a * {d}, None, stride[0])
    columns = slice(b * {e}, None, stride[1])
    part = img[:, :, rows, columns][:, :, :size[0], :size[1]]
    y += np.einsum("ncij,oc->noij", part, k[:, :, a, b])
"""
RIGHT = TEXT.format(d="dilation[0]", e="dilation[1]")
UNDILATED = TEXT.format(d=1, e=1)
BY_K = """\
import numpy as np
by_img, by_k = np.zeros_like(img), np.zeros_like(k)
"""


def failing(layer: str) -> Evidence:
    found = layer_evidence(put_under_test(reading(dilation_ignored)()), parse(layer))
    assert found is not None
    return found


def about(snippet: str) -> About:
    return About("planted", "check", "case", "message", snippet, "", (), "data.npz")


def run(found: Evidence, snippet: str, folder: Path) -> subprocess.CompletedProcess[str]:
    np.savez(folder / "data.npz", **stored_arrays(found))
    (folder / "shown.py").write_text(render(found, about(snippet)), "utf-8")
    command = [sys.executable, "-I", "shown.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("layer", [LAYER, PLANE])
@pytest.mark.parametrize(("snippet", "code"), [(RIGHT, 0), (UNDILATED, 1)])
def test_a_layers_script_tells_the_wrong_call_from_the_right_one(
    snippet: str, code: int, layer: str, tmp_path: Path
) -> None:
    done = run(failing(layer), snippet, tmp_path)
    assert (done.returncode, done.stderr) == (code, "")


@pytest.mark.slow
def test_a_script_of_gradients_makes_them_by_the_snippet(tmp_path: Path) -> None:
    layer = replace(parse(LAYER), differentiated=True)
    found = layer_evidence(put_under_test(KernelGradientFlipped()), layer)
    assert found is not None
    done = run(found, BY_K, tmp_path)
    assert (done.returncode, done.stdout.partition(":")[0]) == (1, "result_by_k"), done.stderr


@pytest.mark.slow
def test_a_framework_that_is_not_installed_is_no_defect(tmp_path: Path) -> None:
    done = run(failing(LAYER), f"import no_such_framework\n{RIGHT}", tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout.startswith("cannot run: No module named 'no_such_framework'")


LAYERED = ("tensorflow.", "keras.", "torch.", "jax.lax.")
SPEC = replace(Layer.spec, layer_snippet=RIGHT, layouts=("NCHW", "NHWC"))


@pytest.mark.parametrize(
    ("found", "spec", "text"),
    [
        (failing(LAYER), SPEC, RIGHT),
        (replace(failing(LAYER), layout="NCHW"), SPEC, RIGHT),
        (replace(failing(LAYER), layout="NHWC"), SPEC, ""),
        (replace(failing(LAYER), options={"stride": 2}), SPEC, ""),
        (failing(LAYER), Layer.spec, ""),
        (failing(LAYER), replace(SPEC, layer_snippet={"same": RIGHT}), ""),
    ],
    ids=["layer", "first-layout", "other-layout", "step-as-number", "no-snippet", "other-padding"],
)
def test_a_snippet_serves_only_the_layers_that_it_speaks_of(
    found: Evidence, spec: Spec, text: str
) -> None:
    assert native_snippet(found, spec) == text


@pytest.mark.parametrize(
    "name",
    [n for n in (*registry.SHIPPED, *registry.TRANSPOSED) if n.startswith(LAYERED)],
)
def test_the_script_of_a_shipped_layer_fits_on_a_few_pages(name: str) -> None:
    spec = declared_spec(name)
    assert spec is not None
    snippet = native_snippet(failing(LAYER), spec)
    assert snippet
    assert len(render(failing(LAYER), about(snippet)).splitlines()) < 130
