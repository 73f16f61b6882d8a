from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conv2d_conformance.definition.correlation import BOUNDARIES, ORIENTATIONS, orient
from conv2d_conformance.definition.padding import Options, output_size
from conv2d_conformance.diagnosis import scipy_code
from conv2d_conformance.diagnosis.hypothesis import Hypothesis
from conv2d_conformance.diagnosis.problem import Problem
from tests.helpers.planted_misreadings import Planted, operands

signal = pytest.importorskip("scipy.signal")


@st.composite
def plants(draw: st.DrawFn) -> Planted:
    return Planted(
        draw(st.sampled_from([((0, 0), (0, 0)), ((2, 2), (3, 3)), ((1, 1), (1, 2)),
                              ((2, 0), (1, 2)), ((-1, 1), (0, -2))])),
        draw(st.sampled_from(ORIENTATIONS)),
        draw(st.sampled_from(BOUNDARIES)),
        draw(st.sampled_from([(1, 1), (2, 3)])),
        draw(st.sampled_from([(1, 1), (2, 1)])),
        draw(st.sampled_from(ORIENTATIONS)),
        draw(st.sampled_from([1.0, 1 / 9, -2.0])),
        draw(st.sampled_from([0.0, -0.5])),
    )  # fmt: skip


def hypothesis(planted: Planted, problem: Problem) -> Hypothesis:
    start = problem.hypothesis(planted.orientation, planted.turn)
    options = Options(planted.stride, planted.dilation)
    size = output_size(start.shapes.image, start.shapes.kernel, planted.pads, options)
    before = planted.pads[0][0], planted.pads[1][0]
    return Hypothesis(
        type(start.shapes)(start.shapes.image, start.shapes.kernel, size),
        planted.orientation, planted.turn, planted.boundary, before, options,
        planted.scale, planted.bias,
    )  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True)
@given(plants())
def test_the_line_of_code_gives_the_result(planted: Planted) -> None:
    image, kernel = operands(0, (12, 11), (3, 4), "float64")
    made = planted.result(image, kernel)
    problem = Problem(image[None, None], kernel[None, None], made[None, None])
    found = hypothesis(planted, problem)
    line = scipy_code.scaled(scipy_code.numpy_expression(found), found)
    scope = {"np": np, "scipy": __import__("scipy"), "image": image, "kernel": kernel}
    got = eval(line, scope)  # noqa: S307  (the line under test)
    np.testing.assert_allclose(got, made, rtol=0, atol=2.0**-40, err_msg=line)


@pytest.mark.parametrize("reads", ORIENTATIONS)
@pytest.mark.parametrize("wanted", ORIENTATIONS)
def test_what_is_handed_is_read_as_wanted(reads: str, wanted: str) -> None:
    kernel = operands(0, (2, 3), (3, 4))[1]
    line = scipy_code.kernel_to_pass(reads, wanted)  # type: ignore[arg-type]  # of the list of them
    got = eval(line, {"kernel": kernel})  # noqa: S307  (the line under test)
    np.testing.assert_array_equal(orient(got, reads), orient(kernel, wanted))  # type: ignore[arg-type]  # likewise
