"""The stack of 2019 gives the question's six means, digit for digit, and the right elements."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conv2d_conformance.cases import question
from conv2d_conformance.definition import error_bounds
from conv2d_conformance.definition.correlation import Orientation, correlate, orient

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).with_name("question.py").read_text("utf-8") + (
    "\nimport json\n"
    "print(json.dumps({n: [str(a.mean()), str(a.dtype), a.tolist()] for n, a in results.items()}))"
)
PUBLISHED = {
    "image": "-3.7252903e-09",
    "convolve2d(image, kernel.T)": "0.00075123087",
    "convolve2d(image, kernel)": "0.00075121224",
    "Conv2D(image, kernel)": "0.001123853",
    "correlate2d(image, kernel)": "0.001123853",
    "correlate2d(image, kernel.T)": "0.001123853",
}
CALLS: dict[str, tuple[Orientation, bool]] = {
    "convolve2d(image, kernel.T)": ("convolution", True),
    "convolve2d(image, kernel)": ("convolution", False),
    "Conv2D(image, kernel)": ("correlation", False),
    "correlate2d(image, kernel)": ("correlation", False),
    "correlate2d(image, kernel.T)": ("correlation", True),
}


@pytest.fixture(scope="module")
def results(legacy: Path) -> dict[str, Any]:
    """By call: its mean as it was printed, its dtype, its elements."""
    done = subprocess.run(
        [legacy, "-W", "ignore", "-c", PROGRAM],
        capture_output=True,
        text=True,
        cwd=question.DATA_FOLDER,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("call", PUBLISHED)
def test_the_mean_is_the_published_one_in_every_digit(call: str, results: dict[str, Any]) -> None:
    assert results[call][0] == PUBLISHED[call]


@pytest.mark.parametrize("call", CALLS)
def test_every_element_is_right(call: str, results: dict[str, Any]) -> None:
    orientation, transposed = CALLS[call]
    k = question.kernel().T if transposed else question.kernel()
    exact = correlate(question.image(), orient(k, orientation), before=(1, 1), size=(8, 8))
    found = np.array(results[call][2], results[call][1])
    assert found.dtype == np.float32
    assert (exact.error_of(found) <= error_bounds.componentwise(exact, found.dtype)).all()


def test_the_transposed_kernel_has_keras_mean_and_other_elements(results: dict[str, Any]) -> None:
    (one, _, answer), (other, _, truth) = (
        results[call] for call in ("correlate2d(image, kernel.T)", "Conv2D(image, kernel)")
    )
    assert one == other
    assert round(float(np.abs(np.subtract(answer, truth)).max()), 1) == 1.4
