"""The layers' reference is right on random layers: by exact fractions and adjoint identities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.definition.layers import (
    Options,
    correlate,
    image_gradient,
    kernel_gradient,
    transpose,
)
from conv2d_conformance.definition.sums import window_sums
from tests.helpers.naive_layers import Layer, drawn, operand, relative_error

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Exact

LAYERS = {f"layer-{seed}": drawn(seed) for seed in range(80)}


def test_the_random_layers_reach_every_option() -> None:
    layers = LAYERS.values()
    assert {layer.options.groups for layer in layers} == {1, 2, 3}
    assert {layer.options.stride for layer in layers} >= {(1, 2), (3, 2)}
    assert any(0 in layer.output[2:] for layer in layers)
    assert any(layer.image[0] == 0 for layer in layers)
    assert any(layer.kernel[2:] == (1, 1) for layer in layers)
    assert any(min(*layer.pads[0], *layer.pads[1]) < 0 for layer in layers)


def operands(layer: Layer, *, whole: bool) -> tuple[Any, Any, Any]:
    """Image, kernel and cotangent."""
    rng = np.random.default_rng(layer.image)
    x, k, y = (
        operand(rng, shape, whole=whole) for shape in (layer.image, layer.kernel, layer.output)
    )
    return x, k, y


def computed(layer: Layer, *, whole: bool) -> list[tuple[Exact, Any]]:
    """Correlation, both gradients and the transposed layer, each with what the definition says."""
    x, k, y = operands(layer, whole=whole)
    rest: Any = {"pads": layer.pads, "options": layer.options}
    image, kernel = layer.image[2:], layer.kernel[2:]
    by_image = layer.image_from(y, k)
    found = [
        (correlate(x, k, **rest), layer.output_from(x, k)),
        (image_gradient(y, k, image=image, **rest), by_image),
        (kernel_gradient(x, y, kernel=kernel, **rest), layer.kernel_from(x, y)),
    ]
    if all(layer.output[2:]):
        least = transpose(y, k, **rest).value.shape[2:]
        extra: Any = tuple(n - m for n, m in zip(image, least, strict=True))
        found.append((transpose(y, k, output_padding=extra, **rest), by_image))
    return found


@pytest.mark.parametrize("name", LAYERS)
def test_value_and_low_together_are_exact_to_one_hundred_bits(name: str) -> None:
    pairs = computed(LAYERS[name], whole=False)
    assert max(relative_error(found, truth) for found, truth in pairs) <= 2.0**-100


@pytest.mark.parametrize("name", LAYERS)
def test_integers_and_their_scale_come_out_as_the_definition_has_them(name: str) -> None:
    for found, truth in computed(LAYERS[name], whole=True):
        assert not found.low.any()
        assert {at: (found.value[at], found.scale[at]) for at in np.ndindex(found.value.shape)} == {
            at: (value, scale) for at, (value, scale, _) in truth.items()
        }


@pytest.mark.parametrize("name", LAYERS)
def test_every_array_has_the_shape_of_the_definition_empty_ones_too(name: str) -> None:
    layer = LAYERS[name]
    shapes = [layer.output, layer.image, layer.kernel, layer.image]
    for (found, _), shape in zip(computed(layer, whole=False), shapes, strict=False):
        assert found.value.shape == found.low.shape == found.scale.shape == shape


@pytest.mark.parametrize("name", LAYERS)
def test_no_element_sums_more_products_than_its_taps(name: str) -> None:
    for found, truth in computed(LAYERS[name], whole=True):
        assert found.taps >= max((taps for *_, taps in truth.values()), default=0)


@pytest.mark.parametrize(
    ("stride", "dilation", "taps"),
    [((1, 1), (1, 1), 24), ((2, 2), (1, 1), 8), ((2, 2), (2, 2), 24), ((3, 2), (1, 1), 4)],
)
def test_the_taps_of_an_image_gradient_are_the_most_that_meet_in_a_pixel(
    stride: tuple[int, int], dilation: tuple[int, int], taps: int
) -> None:
    layer = Layer(
        (1, 1, 30, 30), (2, 1, 3, 4), (1, 2, 8, 8), ((0, 0), (0, 0)), Options(stride, dilation)
    )
    k, y = np.ones(layer.kernel), np.ones(layer.output)
    meetings = layer.image_from(y, k).values()
    big = transpose(y, k, pads=layer.pads, options=layer.options)
    assert big.taps == max(n for *_, n in meetings) == taps


@pytest.mark.parametrize("name", LAYERS)
def test_the_gradients_are_the_adjoints_of_the_correlation(name: str) -> None:
    layer = LAYERS[name]
    x, k, y = operands(layer, whole=True)
    rest: Any = {"pads": layer.pads, "options": layer.options}
    forth = np.vdot(correlate(x, k, **rest).value, y)
    by_image = np.vdot(image_gradient(y, k, image=layer.image[2:], **rest).value, x)
    by_kernel = np.vdot(kernel_gradient(x, y, kernel=layer.kernel[2:], **rest).value, k)
    assert forth == by_image == by_kernel


@pytest.mark.parametrize("name", LAYERS)
def test_small_integers_take_a_short_cut_to_the_same_bits(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = [found for found, _ in computed(LAYERS[name], whole=True)]
    monkeypatch.setattr(window_sums, "is_exact_in_float64", lambda *_: False)
    long = [found for found, _ in computed(LAYERS[name], whole=True)]
    for one, other in zip(short, long, strict=True):
        for found, expected in zip(vars(one).values(), vars(other).values(), strict=True):
            np.testing.assert_array_equal(found, expected)
