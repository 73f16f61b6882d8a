"""The bounds admit every honest sum and no lowered precision."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ml_dtypes
import numpy as np
import pytest
from scipy import signal

from conv2d_conformance.cases import random_data
from conv2d_conformance.definition import error_bounds, layers
from conv2d_conformance.definition.conventions import output_size
from conv2d_conformance.definition.correlation import correlate, shape_of
from conv2d_conformance.definition.dtypes import dtype_by_name
from conv2d_conformance.definition.padding import Options, linear_extent
from tests.mutants import arithmetic, direct, honest
from tests.mutants.fourier_layers import FourierLayer
from tests.mutants.given import LayerRequest

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.definition.shapes import Shape
    from tests.mutants.direct import Conv2d

SHAPES: tuple[tuple[Shape, Shape], ...] = (
    ((6, 7), (1, 1)),
    ((9, 8), (2, 2)),
    ((12, 11), (3, 3)),
    ((15, 16), (7, 6)),
    ((26, 25), (15, 15)),
    ((34, 33), (31, 31)),
)
SUMS: dict[str, Conv2d] = {
    "forwards": direct.conv2d,
    "backwards": honest.backwards,
    "shuffled": honest.shuffled,
    "pairwise": honest.pairwise,
    "kahan": honest.kahan,
    "wide-inside": honest.wide_inside,
    "fused": honest.fused,
}
LOWERED: dict[str, Conv2d] = {
    "tf32": arithmetic.through_tf32,
    "bfloat16": arithmetic.through(ml_dtypes.bfloat16),
    "float16": arithmetic.through(np.float16),
    "summed-in-bfloat16": arithmetic.accumulated_in(ml_dtypes.bfloat16, np.float32),
}
ORDINARY: tuple[random_data.Family, ...] = ("normal", "cancelling", "positive")


def operands(
    family: random_data.Family, shapes: tuple[Shape, Shape], dtype: str, seed: int = 0
) -> tuple[Array, Array]:
    return random_data.make(family, np.random.default_rng(seed), *shapes, dtype_by_name(dtype))


def ratio(call: Conv2d, img: Array, k: Array, *, fourier: bool = False) -> float:
    """Largest error of ``call`` in ``valid``, divided by its bound."""
    size = output_size("valid", (img.shape[0], img.shape[1]), (k.shape[0], k.shape[1]))
    exact = correlate(img, k, size=size)
    bound = (
        error_bounds.normwise(img, k, exact, img.dtype)
        if fourier
        else error_bounds.componentwise(exact, img.dtype)
    )
    return float(np.max(exact.error_of(call(img, k, "valid")) / bound))


@pytest.mark.parametrize("name", SUMS)
@pytest.mark.parametrize("family", random_data.REAL_FAMILIES)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_an_honest_sum_stays_within_the_bound(
    name: str, family: random_data.Family, dtype: str
) -> None:
    ratios = {
        (shapes, seed): ratio(SUMS[name], *operands(family, shapes, dtype, seed))
        for shapes in SHAPES
        if math.prod(shapes[1]) * error_bounds.unit_roundoff(dtype_by_name(dtype))
        < 0.5  # as cases.REAL
        for seed in range(1 if shapes[1][0] > 10 else 8)
    }
    assert max(ratios.values()) <= 1, max(ratios, key=lambda key: ratios[key])


@pytest.mark.parametrize("name", LOWERED)
@pytest.mark.parametrize("family", ORDINARY)
@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_lowered_precision_exceeds_the_bound(
    name: str, family: random_data.Family, shapes: tuple[Shape, Shape]
) -> None:
    assert ratio(LOWERED[name], *operands(family, shapes, "float32")) > 2


@pytest.mark.parametrize("shapes", SHAPES[:4], ids=str)
def test_tf32_exceeds_the_bound_where_magnitudes_range_widely(
    shapes: tuple[Shape, Shape],
) -> None:
    assert ratio(arithmetic.through_tf32, *operands("wide", shapes, "float32")) > 2


# A kernel scaled by 1 + 2⁻²⁰ errs by 2⁻²⁰·S where nothing cancels. The bound 2(√K + 2)·2⁻²⁴·S
# passes that at √K + 2 = 8: float32 shows it up to K = 9, near K = 36 by chance, beyond not.
@pytest.mark.parametrize("shapes", SHAPES[:3], ids=str)
def test_a_kernel_a_millionth_too_large_is_seen_in_float32_for_few_taps(
    shapes: tuple[Shape, Shape],
) -> None:
    assert ratio(arithmetic.scaled, *operands("positive", shapes, "float32")) > 1.5


@pytest.mark.parametrize("shapes", SHAPES[4:], ids=str)
def test_a_kernel_a_millionth_too_large_is_not_seen_in_float32_for_many_taps(
    shapes: tuple[Shape, Shape],
) -> None:
    assert ratio(arithmetic.scaled, *operands("positive", shapes, "float32")) < 1


def test_a_kernel_a_millionth_too_large_is_beyond_doubt_in_float64() -> None:
    assert ratio(arithmetic.scaled, *operands("normal", SHAPES[-1], "float64")) > 1e6


def test_the_bound_of_nine_taps_is_ten_units_of_the_scale() -> None:
    img, k = operands("positive", SHAPES[2], "float32")
    exact = correlate(img, k, size=(1, 1))
    bound = error_bounds.componentwise(exact, img.dtype) - error_bounds.underflow(img.dtype, 9)
    np.testing.assert_allclose(bound, 10 * 2.0**-24 * exact.scale, rtol=1e-12)


def test_the_bound_grows_with_the_root_of_the_taps_and_not_with_the_taps() -> None:
    few = correlate(np.ones((1, 1)), np.ones((1, 1)), size=(1, 1))
    many = replace(few, taps=10_000)
    dtype = np.dtype("float64")
    assert (
        error_bounds.componentwise(many, dtype)[0, 0]
        < 40 * error_bounds.componentwise(few, dtype)[0, 0]
    )


def fourier(img: Array, k: Array, padding: str) -> Array:
    call: Any = signal.fftconvolve
    out: Array = call(img, k[::-1, ::-1], padding)
    return out


def tf32_then_fourier(img: Array, k: Array, padding: str) -> Array:
    return fourier(arithmetic.tf32(img), arithmetic.tf32(k), padding)


@pytest.mark.parametrize("family", random_data.REAL_FAMILIES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_honest_fourier_product_stays_within_the_normwise_bound(
    family: random_data.Family, dtype: str
) -> None:
    ratios = [
        ratio(fourier, *operands(family, shapes, dtype, seed), fourier=True)
        for shapes in SHAPES
        for seed in range(5)
    ]
    assert max(ratios) <= 1


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_a_fourier_product_of_tf32_operands_exceeds_the_normwise_bound(
    shapes: tuple[Shape, Shape],
) -> None:
    assert ratio(tf32_then_fourier, *operands("normal", shapes, "float32"), fourier=True) > 1


# (N, C, O, G), image, kernel and their options; the channels of a group are what is summed.
LAYERS: dict[str, tuple[tuple[int, int, int, int], Shape, Shape, Options]] = {
    "one-channel": ((2, 1, 4, 1), (9, 10), (3, 3), Options()),
    "three-channels": ((2, 3, 4, 1), (9, 10), (3, 3), Options()),
    "strided": ((2, 3, 4, 1), (13, 10), (3, 2), Options((2, 3))),
    "dilated": ((2, 3, 4, 1), (13, 12), (3, 3), Options(dilation=(2, 3))),
    "groups": ((1, 6, 4, 2), (9, 10), (3, 3), Options(groups=2)),
    "depthwise": ((1, 8, 8, 8), (14, 14), (7, 7), Options(groups=8)),
    "many-channels": ((1, 64, 8, 1), (14, 14), (3, 3), Options()),
    "one-by-one": ((1, 256, 4, 1), (14, 14), (1, 1), Options()),
    "large-kernel": ((1, 16, 2, 1), (30, 30), (11, 11), Options()),
}
PADS = ((1, 0), (2, 1))
every_layer = pytest.mark.parametrize("name", LAYERS)


def drawn(name: str, dtype: str, *, integers: bool = False) -> LayerRequest:
    (n, c, o, g), image, kernel, options = LAYERS[name]
    rng, shapes = np.random.default_rng(len(name)), ((n, c, *image), (o, c // g, *kernel))
    top = math.isqrt(2**20 // math.prod(shapes[1][1:]))
    img, k = (
        rng.integers(-top, top + 1, shape) if integers else rng.standard_normal(shape)
        for shape in shapes
    )
    stride, dilation = options.stride, options.dilation
    return LayerRequest(img.astype(dtype), k.astype(dtype), PADS, stride, dilation, g)


def layer_ratio(given: LayerRequest, found: Array) -> float:
    """Largest error of a layer's result, divided by the norm-wise bound."""
    img, k, options = given.img, given.k, Options(given.stride, given.dilation, given.groups)
    exact = layers.correlate(img, k, pads=PADS, options=options)
    extent = linear_extent(shape_of(img[0, 0]), shape_of(k[0, 0]), PADS, options)
    bound = error_bounds.normwise(img, k, exact, img.dtype, groups=given.groups, extent=extent)
    return float(np.max(exact.error_of(found) / bound))


@every_layer
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("integers", [True, False])
def test_an_honest_layer_by_fourier_transforms_stays_far_within_the_normwise_bound(
    name: str, dtype: str, integers: bool
) -> None:
    given = drawn(name, dtype, integers=integers)
    assert layer_ratio(given, FourierLayer().compute(given)) < 0.05


@every_layer
def test_channels_in_reverse_are_far_beyond_the_normwise_bound(name: str) -> None:
    given = drawn(name, "float32")
    other = given.k[::-1] if given.k.shape[1] == 1 else given.k[:, ::-1]
    assert layer_ratio(given, FourierLayer().compute(replace(given, k=other))) > 1000


@pytest.mark.parametrize("name", ["one-channel", "three-channels", "groups", "many-channels"])
def test_a_layer_of_tf32_operands_exceeds_the_normwise_bound_of_few_channels(name: str) -> None:
    given = drawn(name, "float32")
    lowered = replace(given, img=arithmetic.tf32(given.img), k=arithmetic.tf32(given.k))
    assert layer_ratio(given, FourierLayer().compute(lowered)) > 1


def test_the_normwise_bound_of_a_layer_is_the_sum_over_its_channels() -> None:
    given = drawn("three-channels", "float64")
    exact = layers.correlate(given.img, given.k, pads=((0, 0), (0, 0)))
    bound = error_bounds.normwise(given.img, given.k, exact, given.img.dtype)
    norms = [
        float(np.linalg.norm(x) * np.linalg.norm(y))
        for x, y in zip(given.img[1], given.k[2], strict=True)
    ]
    points = 4 * (9 + 2) * (10 + 2)
    factor = 6 * math.log2(points) + 2 * math.sqrt(3) + 1
    np.testing.assert_allclose(bound[1, 2], factor * 2.0**-53 * sum(norms), rtol=1e-12)


def test_a_plane_and_a_layer_of_one_channel_have_the_same_bound_to_the_last_bit() -> None:
    img, k = operands("normal", SHAPES[2], "float32")
    exact = correlate(img, k, size=(10, 9))
    four = layers.correlate(img[None, None], k[None, None], pads=((0, 0), (0, 0)))
    plane = error_bounds.normwise(img, k, exact, img.dtype)
    layer = error_bounds.normwise(img[None, None], k[None, None], four, img.dtype)
    points = 4 * (12 + 3 - 1) * (11 + 3 - 1)
    size = float(np.linalg.norm(img.astype(float)) * np.linalg.norm(k.astype(float)))
    alone = 2.0**-24 * ((6 * math.log2(points) + 3) * size)
    np.testing.assert_array_equal(plane, alone + error_bounds.underflow(img.dtype, 9))
    np.testing.assert_array_equal(layer[0, 0], plane)


@pytest.mark.parametrize(("integers", "given", "least"), [(True, "int32", 0.5), (True, "f4", 0.0)])
def test_an_integer_that_an_fft_rounded_may_be_half_of_one_more_off(
    integers: bool, given: str, least: float
) -> None:
    img, k = operands("integers", SHAPES[2], "float64")
    exact = correlate(img, k, size=(10, 9))
    allowed = error_bounds.tolerance(
        img, k, exact, direct=False, integers=integers, given=np.dtype(given)
    )
    bound = error_bounds.normwise(img, k, exact, img.dtype)
    np.testing.assert_array_equal(allowed, bound + least)


def test_integers_that_are_summed_directly_have_no_tolerance() -> None:
    img, k = operands("integers", SHAPES[2], "float32")
    exact = correlate(img, k, size=(10, 9))
    assert not error_bounds.tolerance(img, k, exact, direct=True, integers=True).any()
    real = error_bounds.tolerance(img, k, exact, direct=True, integers=False)
    np.testing.assert_array_equal(real, error_bounds.componentwise(exact, img.dtype))


def test_the_normwise_bound_would_hide_what_the_componentwise_bound_shows() -> None:
    img, k = operands("wide", SHAPES[2], "float32")
    assert ratio(fourier, img, k) > 1
    assert ratio(fourier, img, k, fourier=True) <= 1
