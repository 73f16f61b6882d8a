"""One result is held to the derived bound, and the message names the cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ml_dtypes
import numpy as np
import pytest
from scipy import ndimage, signal

from conv2d_conformance.definition import layers
from conv2d_conformance.definition.dtypes import dtype_by_name
from conv2d_conformance.definition.padding import Options
from conv2d_conformance.diagnosis.precision_loss import round_to_bits
from conv2d_conformance.errors import WrongShapeError, WrongValueError
from conv2d_conformance.testing import assert_conv2d
from tests.mutants import honest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.definition.correlation import Array

FLOATS = ("float16", "bfloat16", "float32", "float64")
SUMS = {
    "backwards": honest.backwards,
    "shuffled": honest.shuffled,
    "pairwise": honest.pairwise,
    "kahan": honest.kahan,
    "wide inside": honest.wide_inside,
    "fused": honest.fused,
}
PADS = ((1, 1), (1, 1))


def operands(
    shapes: tuple[tuple[int, ...], tuple[int, ...]], dtype: str = "float32", seed: int = 0
) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    x, k = (rng.standard_normal(shape).astype(dtype_by_name(dtype)) for shape in shapes)
    return x, k


@pytest.mark.parametrize("name", SUMS)
@pytest.mark.parametrize("dtype", FLOATS)
def test_an_honest_sum_of_any_order_passes(name: str, dtype: str) -> None:
    for seed in range(20):
        kernel = (1 + seed % 7, 1 + seed % 5)
        x, k = operands(((9 + seed % 3, 12), kernel), dtype, seed)
        for padding in ("valid", "same", "full"):
            assert_conv2d(SUMS[name](x, k, padding), x, k, padding=padding)


# 512 channels under 3×3, and a plane under 68×68: K = 4608 and 4624.
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("channels", "extent"), [(512, 3), (1, 68)])
def test_an_honest_sum_of_thousands_passes(dtype: str, channels: int, extent: int) -> None:
    x, k = operands(((1, channels, extent + 1, extent + 2), (2, channels, extent, extent)), dtype)
    windows = np.lib.stride_tricks.sliding_window_view(x, (extent, extent), (2, 3))
    # The sums that frameworks make: of short formats in float32, rounded once.
    wide = np.float64 if dtype == "float64" else np.float32
    made = np.einsum("nchwab,ocab->nohw", windows.astype(wide), k.astype(wide)).astype(x.dtype)
    assert_conv2d(made, x, k)


@dataclass(frozen=True)
class Planted:
    """A wrong result, and the words for its cause."""

    make: Callable[[Array, Array], Any]
    cause: str
    asked: dict[str, Any]


def correlate(x: Array, k: Array) -> Array:
    return np.asarray(signal.correlate2d(x, k, "valid"))


def shortened(bits: int) -> Callable[[Array, Array], Array]:
    return lambda x, k: correlate(*(round_to_bits(a, bits).astype(a.dtype) for a in (x, k)))


def without_tap(x: Array, k: Array) -> Array:
    kept = k.copy()
    kept[1, 2] = 0
    return correlate(x, kept)


def in_same(x: Array, k: Array) -> Array:
    return np.asarray(signal.convolve2d(x, k, "same"))


def cropped_late(x: Array, k: Array) -> Array:
    return np.asarray(signal.correlate2d(np.pad(x, 1), k, "valid"))[2:, 2:]


PLANTED = {
    "flip": Planted(lambda x, k: correlate(x, k[::-1, ::-1]), "kernel rotated by 180°", {}),
    "rows": Planted(lambda x, k: correlate(x, k[::-1]), "rows in reverse", {}),
    "shift": Planted(cropped_late, r"shifted by \(-1, -1\)", {}),
    "roll": Planted(lambda x, k: np.roll(correlate(x, k), 1, 1), r"rolled by \(0, 1\)", {}),
    "anchor": Planted(in_same, "other anchor", {"padding": "same", "orientation": "convolution"}),
    "boundary": Planted(
        lambda x, k: ndimage.correlate(x, k[:, :3], mode="nearest"), "boundary edge", {}
    ),
    "bias": Planted(correlate, "without the bias", {"bias": 0.5}),
    "tf32": Planted(shortened(11), "operands were rounded to TF32", {}),
    "bfloat16": Planted(shortened(8), "operands were rounded to bfloat16", {}),
    "half": Planted(
        lambda x, k: correlate(x, k).astype(np.float16), "result was rounded to TF32 or", {}
    ),
    "tap": Planted(without_tap, r"kernel element \(1, 2\) are missing", {}),
    "row": Planted(lambda x, k: correlate(x[:-1], k[:-1]), "kernel row 2 are missing", {}),
    "zeros": Planted(lambda x, k: 0 * correlate(x, k), "all zeros", {}),
    "nan": Planted(lambda x, k: np.nan * correlate(x, k), "NaN or infinity", {}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("seed", range(3))
def test_a_planted_cause_is_found_and_named(name: str, seed: int) -> None:
    planted = PLANTED[name]
    x, k = operands(((15 + seed, 16), (3, 4)), seed=seed)
    asked = dict(planted.asked)
    if name == "boundary":
        k, asked = k[:, :3], {"padding": "same"}
    with pytest.raises(WrongValueError, match=planted.cause):
        assert_conv2d(planted.make(x, k), x, k, **asked)


def grouped(x: Array, k: Array) -> Array:
    exact = layers.correlate(x, k, pads=PADS, options=Options(groups=2))
    return exact.value.astype(x.dtype)


def lacking(k: Array, *at: int | slice) -> Array:
    kept = k.copy()
    kept[at] = 0
    return kept


LAYERS: dict[str, tuple[Callable[[Array], Array], str]] = {
    "flip": (lambda k: k[..., ::-1, ::-1], "kernel rotated by 180°"),
    "tap": (lambda k: lacking(k, 3, 4, 1, 1), r"element \(1, 1\) of channel 4 are missing"),
    "channel": (lambda k: lacking(k, slice(None), 7), "channel 7 are missing"),
    "tf32": (lambda k: k, "rounded to TF32"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LAYERS)
def test_a_planted_cause_is_found_in_a_grouped_layer(name: str) -> None:
    x, k = operands(((2, 64, 9, 9), (8, 32, 3, 3)))
    other, cause = LAYERS[name]
    used = round_to_bits(x, 11).astype("f") if name == "tf32" else x
    weights = round_to_bits(k, 11).astype("f") if name == "tf32" else other(k)
    assert_conv2d(grouped(x, k), x, k, padding=1, groups=2)
    with pytest.raises(WrongValueError, match=cause):
        assert_conv2d(grouped(used, weights), x, k, padding=1, groups=2)


def test_a_cause_is_named_once_for_all_of_a_small_lost_element() -> None:
    x, k = operands(((30, 30), (16, 16)))
    k[3, 5] = 1e-3
    kept = lacking(k, 3, 5)
    with pytest.raises(WrongValueError, match=r"element \(3, 5\) are missing"):
        assert_conv2d(correlate(x, kept), x, k)


def test_a_fast_algorithm_is_judged_by_norms_if_it_is_named() -> None:
    x, k = operands(((64, 64), (5, 5)))
    x[:32] *= np.float32(1e-6)
    made = signal.fftconvolve(x, k[::-1, ::-1], "valid").astype(np.float32)
    assert_conv2d(made, x, k, algorithm="fft")
    with pytest.raises(WrongValueError, match="say algorithm='fft'"):
        assert_conv2d(made, x, k)


@pytest.mark.parametrize(
    ("make", "cause"),
    [
        (lambda x, k: signal.correlate2d(x, k, "same"), "padding 'same-upper'"),
        (lambda x, k: correlate(x, k)[::2, ::2], "stride 2"),
        (lambda x, k: correlate(x, k)[0], r"\(13, 13\)"),
    ],
    ids=["same", "stride", "row"],
)
@pytest.mark.slow
def test_another_shape_is_explained(make: Callable[[Array, Array], Array], cause: str) -> None:
    x, k = operands(((15, 16), (3, 4)))
    with pytest.raises(WrongShapeError, match=cause):
        assert_conv2d(make(x, k), x, k)


def test_channels_that_come_last_are_named() -> None:
    x, k = operands(((2, 4, 9, 8), (6, 2, 3, 3)))
    with pytest.raises(WrongShapeError, match="channels come last"):
        assert_conv2d(grouped(x, k).transpose(0, 2, 3, 1), x, k, padding=1, groups=2)


def test_integers_are_exact_and_fit_their_dtype() -> None:
    x, k = (np.array(a, np.int8) for a in ([[90, 1], [2, 3]], [[2]]))
    assert_conv2d(x.astype(np.int64) * 2, x, k)
    assert_conv2d(x.astype(np.float32) * 2, x, k)
    with pytest.raises(WrongValueError, match="int8: it wraps around"):
        assert_conv2d(x * np.int8(2), x, k)
    with pytest.raises(WrongValueError, match="int8: it saturates"):
        assert_conv2d(np.clip(x.astype(int) * 2, -128, 127).astype(np.int8), x, k)
    with pytest.raises(WrongValueError, match="1 of 4 elements"):
        assert_conv2d(x.astype(np.int64) * 2 + [[0, 0], [0, 1]], x, k)


def test_what_reads_nan_is_not_finite_and_what_does_not_is() -> None:
    x, k = operands(((6, 6), (2, 2)))
    x[2, 3] = np.nan
    right = correlate(x, k)
    assert_conv2d(right, x, k)
    for value, at in ((1, (2, 3)), (np.nan, (0, 0))):
        wrong = right.copy()
        wrong[at] = value
        with pytest.raises(WrongValueError, match="1 of 25 elements are wrong"):
            assert_conv2d(wrong, x, k)


def test_a_sum_past_the_largest_number_may_overflow() -> None:
    x = np.full((2, 2), 60000, np.float16)
    k = np.array([[1, 1]], np.float16)
    assert_conv2d([[np.float16(np.inf)]] * 2, x, k)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"padding": "sam"}, "say valid, same, full"),
        ({"padding": (1, 2, 3)}, "padding is valid, same, full, a number"),
        ({"stride": 0}, "stride is a number of at least 1"),
        ({"dilation": (1, 2, 3)}, "dilation is a number of at least 1"),
        ({"groups": 3}, "do not fit with groups=3"),
        ({"bias": [1, 2]}, r"bias is a number or \(1,\)"),
        ({"orientation": "flip"}, "orientation is one of correlation"),
        ({"boundary": "none"}, "boundary is one of zeros"),
        ({"algorithm": "fast"}, "algorithm is one of direct, fft"),
    ],
)
def test_an_argument_that_says_nothing_is_refused(arguments: dict[str, Any], problem: str) -> None:
    x, k = operands(((6, 6), (2, 2)))
    with pytest.raises(ValueError, match=problem):
        assert_conv2d(correlate(x, k), x, k, **arguments)


@pytest.mark.parametrize("bad", [np.ones((2, 2), complex), [["a"]], None], ids=str)
def test_what_holds_no_real_numbers_is_refused(bad: Any) -> None:
    x, k = operands(((6, 6), (2, 2)))
    with pytest.raises(TypeError, match="not real numbers"):
        assert_conv2d(correlate(x, k), bad, k)


def test_a_coarser_operand_sets_the_bound() -> None:
    x, k = operands(((9, 9), (3, 3)))
    short = k.astype(ml_dtypes.bfloat16)
    assert_conv2d(correlate(round_to_bits(x, 8).astype("f"), short.astype("f")), x, short)


@pytest.mark.parametrize(("bits", "name"), [(11, "TF32"), (8, "bfloat16")])
@pytest.mark.parametrize("seed", range(5))
def test_lowered_operands_are_found_where_the_bound_hides_them(
    bits: int, name: str, seed: int
) -> None:
    x, k = operands(((1, 512, 6, 7), (4, 512, 3, 3)), seed=seed)
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (2, 3))
    assert_conv2d(np.einsum("nchwab,ocab->nohw", windows, k), x, k)
    short = (round_to_bits(a, bits).astype(np.float32) for a in (windows, k))
    with pytest.raises(WrongValueError, match=f"rounded to {name}"):
        assert_conv2d(np.einsum("nchwab,ocab->nohw", *short), x, k)
