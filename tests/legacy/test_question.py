"""The stack of 2019 gives the question's six means, and the right elements.

NumPy's and SciPy's means are the published ones digit for digit. TensorFlow sums in an order that
depends on the processor, so that the last digits of its mean do too.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conv2d_conformance.cases import question
from conv2d_conformance.definition import error_bounds
from conv2d_conformance.definition.correlation import Exact, Orientation, correlate, orient

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).with_name("question.py").read_text("utf-8") + (
    "\nimport json\n"
    "print(json.dumps({n: [str(a.mean()), str(a.dtype), a.tolist()] for n, a in results.items()}))"
)
KERAS = "Conv2D(image, kernel)"
PUBLISHED = {
    "image": "-3.7252903e-09",
    "convolve2d(image, kernel.T)": "0.00075123087",
    "convolve2d(image, kernel)": "0.00075121224",
    KERAS: "0.001123853",
    "correlate2d(image, kernel)": "0.001123853",
    "correlate2d(image, kernel.T)": "0.001123853",
}
CALLS: dict[str, tuple[Orientation, bool]] = {
    "convolve2d(image, kernel.T)": ("convolution", True),
    "convolve2d(image, kernel)": ("convolution", False),
    KERAS: ("correlation", False),
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


def exact(call: str) -> Exact:
    """What a call of the question sums."""
    orientation, transposed = CALLS[call]
    k = question.kernel().T if transposed else question.kernel()
    return correlate(question.image(), orient(k, orientation), before=(1, 1), size=(8, 8))


@pytest.mark.parametrize("call", PUBLISHED)
def test_the_mean_is_the_published_one(call: str, results: dict[str, Any]) -> None:
    if call == KERAS:
        assert_is_mean(results[call][0])
        assert_is_mean(PUBLISHED[call])
    else:
        assert results[call][0] == PUBLISHED[call]


def assert_is_mean(printed: str) -> None:
    """Hold a printed mean to what the elements and the sum of them may lose in float32."""
    sums, float32 = exact(KERAS), np.dtype(np.float32)
    lost = error_bounds.componentwise(sums, float32) + (
        error_bounds.direct_sum_factor(sums.value.size)
        * error_bounds.unit_roundoff(float32)
        * np.abs(sums.value)
    )
    assert abs(float(printed) - sums.value.mean()) <= lost.mean()


@pytest.mark.parametrize("call", CALLS)
def test_every_element_is_right(call: str, results: dict[str, Any]) -> None:
    sums = exact(call)
    found = np.array(results[call][2], results[call][1])
    assert found.dtype == np.float32
    assert (sums.error_of(found) <= error_bounds.componentwise(sums, found.dtype)).all()


def test_the_transposed_kernel_has_keras_mean_and_other_elements(results: dict[str, Any]) -> None:
    (one, _, answer), (_, _, truth) = (
        results[call] for call in ("correlate2d(image, kernel.T)", KERAS)
    )
    assert_is_mean(one)
    assert round(float(np.abs(np.subtract(answer, truth)).max()), 1) == 1.4
