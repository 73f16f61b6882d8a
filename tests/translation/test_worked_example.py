"""The question that this project started from: six published means, and what they hide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import signal

from conv2d_conformance.cases import question
from conv2d_conformance.definition import error_bounds
from conv2d_conformance.definition.correlation import Orientation, correlate, orient

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array, Exact

# As printed in 2019: five means of SciPy and Keras; the sixth is the image's own.
PUBLISHED: dict[str, tuple[Orientation, bool, float]] = {
    "convolve2d(image, kernel.T)": ("convolution", True, 0.00075123087),
    "convolve2d(image, kernel)": ("convolution", False, 0.00075121224),
    "Conv2D(image, kernel)": ("correlation", False, 0.001123853),
    "correlate2d(image, kernel)": ("correlation", False, 0.001123853),
    "correlate2d(image, kernel.T)": ("correlation", True, 0.001123853),
}


def reference(orientation: Orientation, *, transposed: bool) -> Exact:
    k = question.kernel().T if transposed else question.kernel()
    return correlate(question.image(), orient(k, orientation), before=(1, 1), size=(8, 8))


def apart(one: Array, other: Array) -> float:
    return float(np.max(np.abs(one.astype(np.float64) - other)))


def test_the_image_has_its_published_mean() -> None:
    assert str(question.image().mean()) == "-3.7252903e-09"
    assert np.float32(question.IMAGE_MEAN) == question.image().mean()


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_reference_has_the_published_mean(name: str) -> None:
    orientation, transposed, mean = PUBLISHED[name]
    exact = reference(orientation, transposed=transposed)
    slack = error_bounds.componentwise(exact, np.dtype("float32")).mean()
    assert abs(exact.value.mean() - mean) <= slack


@pytest.mark.parametrize("name", [name for name in PUBLISHED if "Conv2D" not in name])
def test_scipy_has_the_published_mean(name: str) -> None:
    orientation, transposed, mean = PUBLISHED[name]
    exact = reference(orientation, transposed=transposed)
    k = question.kernel().T if transposed else question.kernel()
    call = signal.convolve2d if orientation == "convolution" else signal.correlate2d
    slack = error_bounds.componentwise(exact, np.dtype("float32")).mean()
    assert abs(call(question.image(), k, mode="same").mean() - mean) <= slack


def test_the_table_of_the_suite_is_the_published_one() -> None:
    names = {False: "mean-of-k", True: "mean-of-k-transposed"}
    published = {(o, names[t]): mean for o, t, mean in PUBLISHED.values()}
    assert published == question.MEANS


def test_correlate2d_is_right_in_every_element() -> None:
    exact = reference("correlation", transposed=False)
    found = signal.correlate2d(question.image(), question.kernel(), mode="same")
    assert (exact.error_of(found) <= error_bounds.componentwise(exact, found.dtype)).all()


def test_the_accepted_answer_has_the_right_mean_and_wrong_elements() -> None:
    truth = reference("correlation", transposed=False).value
    answer = signal.correlate2d(question.image(), question.kernel().T, mode="same")
    assert abs(answer.mean() - truth.mean()) < 5e-7
    assert round(apart(answer, truth), 1) == 1.4


def test_convolve2d_is_off_by_five() -> None:
    truth = reference("correlation", transposed=False).value
    found = signal.convolve2d(question.image(), question.kernel(), mode="same")
    assert round(apart(found, truth), 1) == 5.0


def test_rotating_the_result_mends_nothing() -> None:
    truth = reference("correlation", transposed=False).value
    found = signal.convolve2d(question.image(), question.kernel(), mode="same")[::-1, ::-1]
    assert round(apart(found, truth), 2) == 0.53


def test_rotating_the_kernel_mends_all() -> None:
    exact = reference("correlation", transposed=False)
    k = question.kernel()[::-1, ::-1]
    found = signal.convolve2d(question.image(), k, mode="same")
    assert (exact.error_of(found) <= error_bounds.componentwise(exact, found.dtype)).all()
