from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conv2d_conformance.definition.correlation import BOUNDARIES, ORIENTATIONS
from conv2d_conformance.diagnosis import search
from conv2d_conformance.diagnosis.diagnose import IncompatibleShapesError, diagnose_result
from conv2d_conformance.diagnosis.precision_loss import round_to_bits
from tests.helpers.planted_misreadings import Planted, operands, same

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Pads, Pair
    from conv2d_conformance.definition.correlation import Boundary, Orientation
    from conv2d_conformance.diagnosis.diagnose import Diagnosis

K = (3, 4)


def diagnosis_of(
    planted: Planted, image: Pair = (11, 9), kernel: Pair = K, dtype: str = "float32"
) -> Diagnosis:
    img, k = operands(0, image, kernel, dtype)
    return diagnose_result("result", img, k, planted.result(img, k), "correlation")


def deviations(judged: Diagnosis) -> list[str]:
    return judged.deviations(judged.found[0]) if judged.found else ["none of these"]


FULL: Pads = ((2, 2), (3, 3))
NONE: Pads = ((0, 0), (0, 0))
SINGLE: dict[str, tuple[Planted, list[str]]] = {
    "plain same": (Planted(same(K)), []),
    "plain valid": (Planted(NONE), []),
    "plain full": (Planted(FULL), []),
    "other anchor": (
        Planted(same(K, (0, 1))),
        ["other anchor: the odd pixel of same is before the image"],
    ),
    "shifted": (Planted(same(K, (1, -2))), ["shifted by (1, -2)"]),
    "cropped": (
        Planted(((-1, -2), (0, -1))),
        ["valid, cropped: top 1, bottom 2, right 1"],
    ),
    "padded": (
        Planted(((1, 0), (3, 2))),
        ["padded by top 1, bottom 0, left 3, right 2"],
    ),
    "stride": (Planted(NONE, stride=(2, 2)), ["stride 2"]),
    "stride, padded as without": (
        Planted(((1, 1), (1, 1)), stride=(2, 2)),
        ["stride 2", "same padded as with stride 1, as padding=K//2 does"],
    ),
    "strides apart": (Planted(NONE, stride=(2, 3)), ["stride 2x3"]),
    "dilation": (Planted(NONE, dilation=(2, 2)), ["dilation 2"]),
    "dilation, padded": (Planted(((2, 2), (3, 3)), dilation=(2, 2)), ["dilation 2"]),
    "scaled": (Planted(same(K), scale=1 / 9), ["scaled by 1/9"]),
    "negated": (Planted(same(K), scale=-1), ["negated"]),
    "bias": (Planted(same(K), bias=0.25), ["a constant 0.25 added"]),
    "scale and bias": (
        Planted(same(K), scale=2.5, bias=-3),
        ["scaled by 2.5", "a constant -3 added"],
    ),
    "operands swapped": (
        Planted(FULL, turn="convolution"),
        ["operands swapped, which is the result rotated by 180°"],
    ),
    "result transposed": (Planted(NONE, turn="transposed-correlation"), ["result transposed"]),
    "everything": (
        Planted(same(K, (1, 1)), "flip-rows", "mirror", turn="flip-rows", scale=2, bias=1),
        ["kernel flipped: its rows in reverse", "boundary mirror, not zeros",
         "result flipped: its rows in reverse", "scaled by 2", "a constant 1 added"],
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SINGLE if name != "everything"])
def test_each_deviation_is_recovered(name: str) -> None:
    planted, words = SINGLE[name]
    image = (12, 10) if name == "stride, padded as without" else (11, 9)
    kernel = (3, 3) if name == "stride, padded as without" else K
    assert deviations(diagnosis_of(planted, image, kernel)) == words


def test_many_deviations_are_recovered_together() -> None:
    planted, words = SINGLE["everything"]
    assert set(words) <= set(deviations(diagnosis_of(planted)))


@pytest.mark.slow
@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("turn", ORIENTATIONS)
def test_every_orientation_and_turn_is_recovered(
    orientation: Orientation, turn: Orientation
) -> None:
    judged = diagnosis_of(Planted(NONE, orientation, turn=turn))
    best = judged.found[0].hypothesis
    assert (best.orientation, best.turn, len(judged.found)) == (orientation, turn, 1)


@pytest.mark.slow
@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("orientation", ["correlation", "convolution"])
@pytest.mark.parametrize("image", [(11, 9), (40, 36)])
def test_every_boundary_is_recovered(
    boundary: Boundary, orientation: Orientation, image: Pair
) -> None:
    judged = diagnosis_of(Planted(same(K), orientation, boundary), image)
    assert (judged.found[0].hypothesis.boundary, len(judged.found)) == (boundary, 1)


@st.composite
def plants(draw: st.DrawFn) -> tuple[Planted, Pair, Pair]:
    """Combinations on images large enough that each of them shows."""
    image = draw(st.tuples(st.integers(8, 13), st.integers(8, 13)))
    kernel = draw(st.tuples(st.integers(2, 4), st.integers(2, 4)))
    orientation = draw(st.sampled_from(ORIENTATIONS))
    read = kernel[::-1] if orientation.startswith("transposed") else kernel
    shift = draw(st.tuples(st.integers(-1, 1), st.integers(-1, 1)))
    pads = draw(st.sampled_from([NONE, same(read), same(read, shift)]))
    planted = Planted(
        pads,
        orientation,
        draw(st.sampled_from(BOUNDARIES)),
        scale=draw(st.sampled_from([1.0, 0.5, -2.0])),
        bias=draw(st.sampled_from([0.0, 1.5])),
    )
    return planted, image, kernel


@pytest.mark.slow
@settings(max_examples=25, deadline=None, derandomize=True)
@given(plants())
def test_combinations_are_recovered(plant: tuple[Planted, Pair, Pair]) -> None:
    planted, image, kernel = plant
    best = diagnosis_of(planted, image, kernel).found[0].hypothesis
    boundary = planted.boundary if best.outside else "zeros"
    assert (best.orientation, best.pads, best.boundary, best.scale, best.bias) == (
        planted.orientation, planted.pads, boundary, planted.scale, planted.bias,
    )  # fmt: skip


def lowered(img: Array, k: Array, bits: int) -> Array:
    return (
        Planted(same(K)).result(round_to_bits(img, bits), round_to_bits(k, bits)).astype(np.float32)
    )


@pytest.mark.parametrize(
    ("bits", "words"), [(8, "operands rounded to bfloat16"), (11, "operands rounded to TF32")]
)
def test_rounded_operands_are_told(bits: int, words: str) -> None:
    img, k = operands(0, (20, 18), K)
    judged = diagnose_result("result", img, k, lowered(img, k, bits), "correlation")
    assert [d.startswith(words) for d in deviations(judged)] == [True]


def test_a_result_rounded_to_bfloat16_is_told() -> None:
    img, k = operands(0, (20, 18), K)
    rounded = round_to_bits(Planted(same(K)).result(img, k), 8).astype(np.float32)
    told = deviations(diagnose_result("result", img, k, rounded, "correlation"))
    assert told == ["result rounded to bfloat16"]


def test_float32_arithmetic_of_float64_arrays_is_told() -> None:
    img, k = operands(0, (20, 18), K, "float64")
    low = Planted(same(K)).result(img.astype(np.float32), k.astype(np.float32)).astype(np.float64)
    assert deviations(diagnose_result("result", img, k, low, "correlation")) == [
        "computed in float32"
    ]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, ml_dtypes.bfloat16])
def test_an_honest_result_of_every_dtype_is_plain(dtype: Any) -> None:
    made = operands(0, (20, 18), K, "float64")
    img, k = made[0].astype(dtype), made[1].astype(dtype)
    assert diagnose_result("result", img, k, Planted(same(K)).result(img, k), "correlation").plain


def test_printed_decimals_are_no_deviation() -> None:
    img, k = operands(0, (11, 9), K)
    printed = np.round(Planted(same(K)).result(img, k).astype(np.float64), 3)
    assert diagnose_result("result", img, k, printed, "correlation").plain


def test_who_expects_a_convolution_has_nothing_to_mend_with_one() -> None:
    img, k = operands(0, (11, 9), K)
    made = Planted(same(K, (0, 1)), "convolution").result(img, k)
    assert diagnose_result("result", img, k, made, "convolution").plain


def test_a_kernel_of_ones_ties_every_orientation() -> None:
    img = operands(0, (11, 9), (3, 3))[0]
    k = np.ones((3, 3), np.float32)
    judged = diagnose_result("result", img, k, Planted(same((3, 3))).result(img, k), "correlation")
    assert judged.problem.orientations == {"correlation": list(ORIENTATIONS[1:])}


def test_a_zero_border_ties_the_boundaries() -> None:
    img, k = operands(0, (11, 9), (3, 3))
    img[[0, -1]] = img[:, [0, -1]] = 0
    judged = diagnose_result("result", img, k, Planted(same((3, 3))).result(img, k), "correlation")
    assert {f.hypothesis.boundary for f in judged.found} >= {"zeros", "edge", "reflect"}


@pytest.mark.slow
def test_noise_is_none_of_these() -> None:
    img, k = operands(0, (11, 9), K)
    noise = operands(1, (11, 9), K)[0]
    assert deviations(diagnose_result("result", img, k, noise, "correlation")) == ["none of these"]


def test_shapes_that_nothing_relates_are_impossible() -> None:
    img, k = operands(0, (8, 8), (3, 3))
    with pytest.raises(
        IncompatibleShapesError, match="50 × 50 of an image 8 × 8 and a kernel 3 × 3"
    ):
        diagnose_result("result", img, k, operands(0, (50, 50), K)[0], "correlation")


def test_a_search_that_ignores_the_boundary_fails_these_tests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "BOUNDARIES", ("zeros",))
    monkeypatch.setattr("conv2d_conformance.diagnosis.fft_screening.BOUNDARIES", ("zeros",))
    assert deviations(diagnosis_of(Planted(same(K), boundary="edge"))) == ["none of these"]


def test_a_search_without_the_transposed_forms_fails_these_tests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("conv2d_conformance.diagnosis.problem.ORIENTATIONS", ORIENTATIONS[:4])
    assert deviations(diagnosis_of(Planted(NONE, "transposed-correlation"))) == ["none of these"]
