"""The layers' reference is right: by hand, against the plain one, and for what does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from conv2d_conformance.definition import correlation, error_bounds
from conv2d_conformance.definition.layers import (
    Options,
    Pads,
    correlate,
    image_gradient,
    kernel_gradient,
    transpose,
)
from tests.mutants import arithmetic

NONE: Pads = ((0, 0), (0, 0))
FIVE = [[1, 2, 3, 4, 5]]
PAIR, TRIPLE = [[1, 10]], [[1, 10, 100]]
# image, kernel, pads, options, result; one channel unless the arrays have four axes
CORRELATED: dict[str, Any] = {
    "stride": (FIVE, PAIR, NONE, Options(stride=(1, 2)), [[21, 43]]),
    "dilation": (FIVE, PAIR, NONE, Options(dilation=(1, 2)), [[31, 42, 53]]),
    "stride-and-dilation": (FIVE, PAIR, NONE, Options((1, 2), (1, 2)), [[31, 53]]),
    "padding-before": (FIVE, TRIPLE, ((0, 0), (1, 0)), Options(), [[210, 321, 432, 543]]),
    "padding-after": (FIVE, TRIPLE, ((0, 0), (0, 1)), Options(), [[321, 432, 543, 54]]),
    "cropped": (FIVE, PAIR, ((0, 0), (-1, -2)), Options(), [[32]]),
    "cropped-and-padded": (FIVE, PAIR, ((0, 0), (-7, 4)), Options(), [[0]]),
    "channels": ([[[[1]], [[2]]]], [[[[10]], [[100]]]], NONE, Options(), [[210]]),
    "groups": (
        [[[[1]], [[2]]]], [[[[k]]] for k in (1, 10, 100, 1000)], NONE, Options(groups=2),
        [[[[1]], [[10]], [[200]], [[2000]]]],
    ),
}  # fmt: skip
TRANSPOSED: dict[str, Any] = {
    "stride": ([[1, 2]], TRIPLE, NONE, (1, 2), (0, 0), [[1, 10, 102, 20, 200]]),
    "gap": ([[1, 2]], PAIR, NONE, (1, 3), (0, 0), [[1, 10, 0, 2, 20]]),
    "cropped": ([[1, 2]], TRIPLE, ((0, 0), (1, 2)), (1, 2), (0, 0), [[10, 102]]),
    "cropped-less-after": ([[1, 2]], TRIPLE, ((0, 0), (1, 2)), (1, 2), (0, 1), [[10, 102, 20]]),
    "zeros-after": ([[1, 2]], TRIPLE, NONE, (1, 2), (0, 1), [[1, 10, 102, 20, 200, 0]]),
    "zeros-before": ([[1, 2]], PAIR, ((0, 0), (-1, 0)), (1, 2), (0, 0), [[0, 1, 10, 2, 20]]),
}  # fmt: skip


def four(a: Any) -> Any:
    """``a`` with leading axes of extent 1."""
    return np.array(a, ndmin=4)


@pytest.mark.parametrize("name", CORRELATED)
def test_the_correlation_is_the_one_computed_by_hand(name: str) -> None:
    img, k, pads, options, expected = CORRELATED[name]
    found = correlate(four(img), four(k), pads=pads, options=options)
    assert found.value.tolist() == four(expected).tolist()


@pytest.mark.parametrize("name", CORRELATED)
def test_rows_are_treated_as_columns_are(name: str) -> None:
    img, k, pads, options, expected = CORRELATED[name]
    turned = Options(options.stride[::-1], options.dilation[::-1], options.groups)
    found = correlate(*(four(a).swapaxes(2, 3) for a in (img, k)), pads=pads[::-1], options=turned)
    assert found.value.tolist() == four(expected).swapaxes(2, 3).tolist()


@pytest.mark.parametrize("name", TRANSPOSED)
def test_the_transposed_convolution_is_the_one_computed_by_hand(name: str) -> None:
    img, k, pads, stride, extra, expected = TRANSPOSED[name]
    found = transpose(four(img), four(k), pads=pads, options=Options(stride), output_padding=extra)
    assert found.value.tolist() == four(expected).tolist()


def test_each_group_of_a_transposed_convolution_has_its_own_outputs() -> None:
    img, k = [[[[1]], [[2]]]], [[[[1]], [[10]]], [[[100]], [[1000]]]]
    found = transpose(np.array(img), np.array(k), pads=NONE, options=Options(groups=2))
    assert found.value.ravel().tolist() == [1, 10, 200, 2000]


def test_a_dilated_transposed_convolution_sets_the_taps_apart() -> None:
    found = transpose(four([[1, 2]]), four(PAIR), pads=NONE, options=Options(dilation=(1, 2)))
    assert found.value.ravel().tolist() == [1, 2, 10, 20]


@pytest.mark.parametrize("pad", [(0, 0), (1, 0), (2, 3)])
def test_one_image_one_channel_and_one_output_are_the_plain_correlation(
    pad: tuple[int, int],
) -> None:
    rng = np.random.default_rng(3)
    img, k = rng.standard_normal((6, 7)), rng.standard_normal((3, 4))
    size = 6 + sum(pad) - 2, 7 + sum(pad) - 3
    plain = correlation.correlate(img, k, before=(pad[0], pad[0]), size=size)
    found = correlate(four(img), four(k), pads=(pad, pad))
    np.testing.assert_array_equal(found.value[0, 0], plain.value)
    np.testing.assert_array_equal(found.low[0, 0], plain.low)
    np.testing.assert_array_equal(found.scale[0, 0], plain.scale)
    assert found.taps == plain.taps


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("integers", [True, False])
def test_a_plane_is_a_layer_of_one_channel_to_the_last_bit(seed: int, integers: bool) -> None:
    rng = np.random.default_rng(seed)
    shapes = rng.integers(8, 20, 2), rng.integers(1, 8, 2)
    img, k = (rng.integers(-9, 10, s) if integers else rng.standard_normal(s) for s in shapes)
    (top, left), (bottom, right) = rng.integers(-1, 4, (2, 2)).tolist()
    pads = (top, bottom), (left, right)
    layer = correlate(img[None, None], k[None, None], pads=pads)
    size = layer.value.shape[2], layer.value.shape[3]
    plane = correlation.correlate(img, k, before=(top, left), size=size)
    assert plane.taps == layer.taps
    for name in ("value", "low", "scale"):
        np.testing.assert_array_equal(getattr(plane, name), getattr(layer, name)[0, 0])


def in_float32(img: Any, k: Any) -> Any:
    patches = sliding_window_view(img, k.shape[2:], axis=(2, 3))
    return np.einsum("ncijab,ocab->noij", patches, k)


def test_the_bound_admits_an_honest_layer_and_no_lowered_one() -> None:
    rng = np.random.default_rng(4)
    img, k = (rng.standard_normal(s).astype(np.float32) for s in ((2, 8, 9, 10), (4, 8, 3, 3)))
    exact = correlate(img, k, pads=NONE)
    bound = error_bounds.componentwise(exact, img.dtype)
    assert (exact.error_of(in_float32(img, k)) <= bound).all()
    lowered = in_float32(arithmetic.tf32(img), arithmetic.tf32(k))
    assert (exact.error_of(lowered) > bound).any()


X, K, Y = np.ones((2, 4, 5, 6)), np.ones((6, 2, 3, 3)), np.ones((2, 6, 3, 4))
MISFITS: dict[str, Any] = {
    "channels": lambda: correlate(X, K, pads=NONE),
    "outputs": lambda: correlate(X, K[:3], pads=NONE, options=Options(groups=2)),
    "transposed-channels": lambda: transpose(X, K, pads=NONE, options=Options(groups=2)),
    "transposed-groups": lambda: transpose(X, K[:4], pads=NONE, options=Options(groups=3)),
    "cotangent-rows": lambda: image_gradient(Y[:, :, :2], K, image=(5, 6), pads=NONE),
    "cotangent-outputs": lambda: image_gradient(Y[:, :5], K, image=(5, 6), pads=NONE),
    "cotangent-batch": lambda: kernel_gradient(X, Y[:1], kernel=(3, 3), pads=NONE),
    "image-groups": lambda: kernel_gradient(
        X, Y, kernel=(3, 3), pads=NONE, options=Options(groups=3)
    ),
    "stride": lambda: Options(stride=(0, 1)),
}


@pytest.mark.parametrize("name", MISFITS)
def test_what_does_not_fit_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"do not fit|at least 1"):
        MISFITS[name]()
