"""The reference is right: by hand, by exact fractions, and by an independent padding."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from conv2d_conformance.cases.planes import INTEGERS, TAILS, Case
from conv2d_conformance.definition import correlation
from conv2d_conformance.definition.conventions import output_size
from conv2d_conformance.definition.correlation import (
    ORIENTATIONS,
    Boundary,
    Exact,
    correlate,
    orient,
    source_indices,
)
from tests.helpers.fraction_sums import sum_fractions

ROOT = Path(__file__).parents[2]
IMAGE = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], np.float64)
SQUARE = np.array([[1, 2], [3, 4]], np.float64)
ROW = np.array([[1, 10, 100]], np.float64)
HAND = {
    "valid": (IMAGE, SQUARE, (0, 0), [[37, 47], [67, 77]]),
    "same-upper": (IMAGE, SQUARE, (0, 0), [[37, 47, 21], [67, 77, 33], [23, 26, 9]]),
    "same-lower": (IMAGE, SQUARE, (1, 1), [[4, 11, 18], [18, 37, 47], [36, 67, 77]]),
    "full": (
        IMAGE, SQUARE, (1, 1),
        [[4, 11, 18, 9], [18, 37, 47, 21], [36, 67, 77, 33], [14, 23, 26, 9]],
    ),
    "one-row": (IMAGE, ROW, (0, 1), [[210, 321, 32], [540, 654, 65], [870, 987, 98]]),
    "one-column": (IMAGE, ROW.T, (0, 0), [[741, 852, 963]]),
    "larger-kernel": (SQUARE, IMAGE, (1, 1), [[77, 67], [47, 37]]),
}  # fmt: skip
ORIENTED = {
    "correlation": [[1, 2, 3], [4, 5, 6]],
    "convolution": [[6, 5, 4], [3, 2, 1]],
    "flip-rows": [[4, 5, 6], [1, 2, 3]],
    "flip-columns": [[3, 2, 1], [6, 5, 4]],
    "transposed-correlation": [[1, 4], [2, 5], [3, 6]],
    "transposed-convolution": [[6, 3], [5, 2], [4, 1]],
    "transposed-flip-rows": [[3, 6], [2, 5], [1, 4]],
    "transposed-flip-columns": [[4, 1], [5, 2], [6, 3]],
}
NUMPY: dict[Boundary, Literal["edge", "symmetric", "reflect", "wrap", "constant"]] = {
    "edge": "edge",
    "reflect": "symmetric",
    "mirror": "reflect",
    "wrap": "wrap",
    "zeros": "constant",
}
ONLY_NUMPY = """
import sys, {module}
banned = {{"scipy", "torch", "tensorflow", "jax", "keras"}}
sys.exit(", ".join(banned & set(sys.modules)) or 0)
"""


@pytest.mark.parametrize("name", HAND)
def test_the_correlation_is_the_one_computed_by_hand(name: str) -> None:
    img, k, before, expected = HAND[name]
    found = correlate(img, k, before=before, size=(len(expected), len(expected[0])))
    assert found.value.tolist() == expected
    assert not found.low.any()


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_each_orientation_reads_the_kernel_as_written_by_hand(orientation: str) -> None:
    k = np.array([[1, 2, 3], [4, 5, 6]])
    assert orient(k, orientation).tolist() == ORIENTED[orientation]  # type: ignore[arg-type]


def relative_error(found: Exact, truth: Any) -> float:
    """Largest error of ``value + low`` divided by the exact scale."""
    errors = [
        abs(Fraction(float(found.value[at])) + Fraction(float(found.low[at])) - y) / s
        for at, (y, s) in truth.items()
        if s
    ]
    return float(max(errors))


@pytest.mark.parametrize("seed", range(40))
def test_value_and_low_together_are_exact_to_one_hundred_bits(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = rng.integers(1, 6, (2, 2))
    img, k = (rng.standard_normal(s) * 10.0 ** rng.integers(-12, 13, s) for s in shapes)
    before = (int(rng.integers(0, k.shape[0])), int(rng.integers(0, k.shape[1])))
    size = (int(shapes[0][0]), int(shapes[0][1]))
    found = correlate(img, k, before=before, size=size)
    assert relative_error(found, sum_fractions(img, k, before, size)) <= 2.0**-100


def test_what_cancels_is_kept_in_full() -> None:
    img, k = np.array([[1.0, 2.0**-70, -1.0]]), np.array([[1.0, 2.0**-30, 1.0]])
    assert correlate(img, k, size=(1, 1)).value.tolist() == [[2.0**-100]]


def test_the_error_of_a_float64_result_is_measured_below_its_last_bit() -> None:
    img, k = np.array([[1.0, 2.0**-60]]), np.ones((1, 2))
    found = correlate(img, k, size=(1, 1))
    assert found.error_of(found.value).tolist() == [[2.0**-60]]


def test_the_scale_is_the_correlation_of_the_magnitudes() -> None:
    rng = np.random.default_rng(5)
    img, k = rng.standard_normal((6, 7)), rng.standard_normal((3, 2))
    found = correlate(img, k, before=(1, 0), size=(6, 7))
    magnitudes = correlate(abs(img), abs(k), before=(1, 0), size=(6, 7)).value
    np.testing.assert_allclose(found.scale, magnitudes, rtol=2.0**-50)
    assert found.taps == 6


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float16", "float32"])
@pytest.mark.parametrize("padding", ["valid", "same", "full"])
def test_integers_come_out_as_the_definition_has_them(padding: str, dtype: str) -> None:
    rng = np.random.default_rng(7)
    img, k = (rng.integers(0, 9, s).astype(dtype) for s in ((5, 6), (4, 3)))
    before = {"valid": (0, 0), "same": (1, 1), "full": (3, 2)}[padding]
    size = output_size(padding, (5, 6), (4, 3))
    truth = sum_fractions(img, k, before, size)
    found = correlate(img, k, before=before, size=size)
    assert {at: (found.value[at], found.scale[at]) for at in truth} == truth


@pytest.mark.parametrize("boundary", NUMPY)
@pytest.mark.parametrize(
    ("image", "kernel"), [((4, 5), (3, 3)), ((3, 4), (5, 6)), ((2, 7), (9, 1))]
)
def test_each_boundary_is_numpys_padding_of_that_name(
    boundary: Boundary, image: tuple[int, int], kernel: tuple[int, int]
) -> None:
    rng = np.random.default_rng(9)
    img, k = rng.integers(-9, 10, image), rng.integers(-9, 10, kernel)
    before = kernel[0] // 2, kernel[1] // 2
    after = kernel[0] - 1 - before[0], kernel[1] - 1 - before[1]
    padded = np.pad(img, list(zip(before, after, strict=True)), NUMPY[boundary])
    expected = correlate(padded, k, size=image).value
    found = correlate(img, k, before=before, size=image, boundary=boundary)
    np.testing.assert_array_equal(found.value, expected)


@pytest.mark.parametrize(("boundary", "extent"), list(product(NUMPY, (1, 2, 5))))
def test_indices_far_outside_fold_back_as_numpy_folds_them(boundary: Boundary, extent: int) -> None:
    pixels = np.arange(1, extent + 1)
    found = source_indices(np.arange(-8, extent + 8), extent, boundary)
    assert (found + 1).tolist() == np.pad(pixels, 8, NUMPY[boundary]).tolist()


@pytest.mark.slow
@pytest.mark.parametrize(
    "module",
    [
        "conv2d_conformance.definition.correlation",
        "conv2d_conformance.definition.layers",
        "conv2d_conformance.backends.registry",
    ],
)
def test_importing_it_loads_no_framework(module: str) -> None:
    command = [sys.executable, "-c", ONLY_NUMPY.format(module=module)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("case", [*INTEGERS[::5], *TAILS[::7]], ids=lambda case: case.id)
def test_small_integers_take_a_short_cut_to_the_same_bits(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    img, k = case.arrays()
    size = output_size("full", case.image, case.kernel)
    short = correlate(img, k, before=(1, 2), size=size, boundary="mirror")
    monkeypatch.setattr(correlation, "is_exact_in_float64", lambda *_: False)
    long = correlate(img, k, before=(1, 2), size=size, boundary="mirror")
    for one, other in zip(vars(short).values(), vars(long).values(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_integers_too_large_to_sum_in_float64_take_no_short_cut() -> None:
    img, k = np.array([[2.0**53, 1.0]]), np.array([[1.0, 1.0]])
    exact = correlate(img, k, size=(1, 1))
    assert (exact.value[0, 0], exact.low[0, 0]) == (2.0**53, 1.0)


@pytest.mark.parametrize("fill", [1.0, 0.1])
def test_a_result_without_elements_is_one(fill: float) -> None:
    exact = correlate(np.full((1, 6), fill), np.full((3, 3), fill), size=(0, 4))
    assert exact.value.shape == exact.scale.shape == (0, 4)
