"""A layer's id is a descriptor that names it again, and its operands are exact and its own."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
import pytest

from conv2d_conformance.cases import layer_tables, random_data
from conv2d_conformance.cases.layers import EXAMPLE, Layer, NotALayerError, make_layer, parse
from conv2d_conformance.definition import layers
from conv2d_conformance.definition.dtypes import dtype_by_name, largest_exact
from conv2d_conformance.definition.padding import Pads, output_size, pads_of
from tests.helpers.judge_mutant import check_named
from tests.mutants.layer_table import GRADIENTS, LAYOUT

ARRANGED: Any = check_named(LAYOUT).cases
DIFFERENTIATED: Any = check_named(GRADIENTS).cases
EVERY = layer_tables.INTEGERS + layer_tables.REAL + ARRANGED


@pytest.mark.parametrize("layer", EVERY, ids=lambda layer: layer.id)
def test_an_id_typed_back_is_the_layer(layer: Layer) -> None:
    assert parse(layer.id) == layer


def test_the_example_is_a_layer_that_uses_every_part() -> None:
    pads: Pads = ((1, 0), (2, 1))
    made = make_layer((9, 10), (3, 2), pads, (2, 4, 6, 2), (2, 1), (1, 2), "float64", "normal")
    assert (parse(EXAMPLE), made.id) == (made, EXAMPLE)


@pytest.mark.parametrize(
    "descriptor",
    ["", "resnet", "6x7", "6x7-by-3x3", "6x7-by-3x3/wrap", "6x7-by-3x3/p1x1", "6x7-by-3x3/same/sx2",
     "n2c4/6x7-by-3x3/same", "6x7-by-3x3/same/float99", "6x7-by-3x3/same/float32/odd/NHWC/x"],
)  # fmt: skip
def test_what_is_no_layer_is_told_with_one_that_is(descriptor: str) -> None:
    with pytest.raises(NotALayerError, match=f"^{descriptor!r} is no layer; one is {EXAMPLE}$"):
        parse(descriptor)


def test_a_step_of_one_number_is_given_as_that_number() -> None:
    layer = parse("n1c3o4/9x9-by-3x3/valid/s2/d3x1")
    assert layer.keywords == {"stride": 2, "dilation": (3, 1)}
    assert (layer.options.stride, parse(layer.id)) == ((2, 2), layer)


@pytest.mark.parametrize(
    "descriptor",
    [
        "n1c3o4g2/6x7-by-3x3/same",
        "n1c4o3g2/6x7-by-3x3/same",
        "n1c4o4g0/6x7-by-3x3/same",
        "6x7-by-3x3/same/s0x1",
        "6x7-by-3x3/same/d1x0",
        "6x7-by-0x3/same",
    ],
)
def test_numbers_that_make_no_layer_are_told(descriptor: str) -> None:
    with pytest.raises(NotALayerError) as raised:
        parse(descriptor)
    assert str(raised.value).startswith(f"{descriptor!r}: ")
    assert "\n" not in str(raised.value)


def test_no_two_layers_share_an_id() -> None:
    assert len({layer.id for layer in EVERY}) == len(EVERY)


def scale(layer: Layer) -> float:
    """The largest partial sum of magnitudes."""
    img, k = (a if a.ndim == 4 else a[None, None] for a in layer.arrays())
    pads = pads_of(layer.padding, layer.image, layer.kernel, layer.options)
    return float(layers.correlate(img, k, pads=pads, options=layer.options).scale.max(initial=0))


@pytest.mark.parametrize("layer", layer_tables.INTEGERS, ids=lambda layer: layer.id)
def test_every_partial_sum_of_integers_is_a_number_of_the_dtype(layer: Layer) -> None:
    assert scale(layer) <= largest_exact(dtype_by_name(layer.dtype))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_partial_sums_are_exact_in_short_dtypes_too(dtype: str) -> None:
    layer = make_layer((9, 10), (3, 3), "same", (2, 4, 6, 2), dtype=dtype)
    assert scale(layer) <= largest_exact(dtype_by_name(dtype))


@pytest.mark.parametrize(
    "layer",
    [layer for layer in DIFFERENTIATED if layer.family == "small-integers"],
    ids=lambda layer: layer.id,
)
def test_sums_of_small_integers_stay_exact_over_batch_and_outputs(layer: Layer) -> None:
    n, c, o, _ = layer.channels or (1, 1, 1, 1)
    pads = pads_of(layer.padding, layer.image, layer.kernel, layer.options)
    pixels = prod(output_size(layer.image, layer.kernel, pads, layer.options))
    summed = max(n * pixels, max(c, o) * prod(layer.kernel))
    assert 3 * 3 * summed <= largest_exact(dtype_by_name(layer.dtype))


def test_operands_are_the_same_every_time_and_in_every_layout() -> None:
    layer = layer_tables.DESIGNED[0]
    for one, other in zip(layer.arrays(), replace(layer, layout="NHWC").arrays(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_seed_varies_the_operands_and_the_definition() -> None:
    layer, before = layer_tables.DESIGNED[1], layer_tables.DESIGNED[1].definition()
    token = random_data.SEED.set(1)
    try:
        assert layer.definition() != before
    finally:
        random_data.SEED.reset(token)
