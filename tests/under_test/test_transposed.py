"""Transposed layers by descriptor, their cases, the rules of crops, and what maps come to."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.cases import transposed_tables as cases
from conv2d_conformance.cases.layers import Layer, NotALayerError, parse
from conv2d_conformance.definition.dtypes import largest_exact
from conv2d_conformance.definition.layers import outputs_first
from conv2d_conformance.definition.padding import transposed_size
from conv2d_conformance.definition.transposed_padding import RULES, CropRule
from conv2d_conformance.probe.transposed_index_map import MAPPED
from conv2d_conformance.under_test.factory import put_under_test
from tests.mutants.output_padding import before
from tests.mutants.transposed import Transposed
from tests.mutants.transposed_table import OtherSide, ending_with_the_kernel, reading, rotated

if TYPE_CHECKING:
    from conv2d_conformance.definition.padding import Pads
    from conv2d_conformance.under_test.backend import BackendUnderTest


class WithoutMore(Transposed):
    """Does not list output_padding."""

    spec = replace(Transposed.spec, options=Transposed.spec.options[:-1])


@cache
def right() -> BackendUnderTest:
    """The right one, whose index maps are read once."""
    return put_under_test(Transposed())


every_case = pytest.mark.parametrize("layer", cases.INTEGERS, ids=lambda layer: layer.id)


@every_case
def test_an_id_can_be_typed_back(layer: Layer) -> None:
    assert layer.id.startswith("t-")
    assert parse(layer.id) == layer
    assert parse(layer.id).operation == "conv_transpose2d"


def test_a_descriptor_without_the_prefix_is_a_plain_layer() -> None:
    assert parse("6x7-by-3x3/valid").operation == "conv2d"


@pytest.mark.parametrize(
    "descriptor",
    [
        "t-",
        "t-t-6x7-by-3x3/valid",
        "t-n1c3o4g2/6x7-by-3x3/valid",
        "6x7-by-3x3/valid/s2x2/o1x1",
        "t-6x7-by-3x3/valid/o1x1/s2x2",
        "t-6x7-by-3x3/valid/s2x2/ox1",
    ],
)
def test_what_is_no_layer_is_refused(descriptor: str) -> None:
    with pytest.raises(NotALayerError):
        parse(descriptor)


def test_an_output_padding_of_zero_is_not_the_default() -> None:
    asked, default = (parse(f"t-5x6-by-3x3/same/s2x2{o}") for o in ("/o0x0", ""))
    assert asked != default
    assert asked.keywords == default.keywords | {"output_padding": (0, 0)}


@pytest.mark.parametrize(
    ("descriptor", "past"), [("s2x2/o1x1", False), ("s2x1/o0x1", True), ("d2x2/o1x1", True)]
)
def test_an_output_padding_may_be_past_the_stride(descriptor: str, past: bool) -> None:
    assert ("past_stride" in parse(f"t-5x6-by-3x3/valid/{descriptor}").features) == past


@every_case
def test_the_sums_of_a_case_are_exact_in_its_dtype(layer: Layer) -> None:
    exact = right().layers.exact(layer)
    assert exact.scale.max(initial=0) <= largest_exact(np.dtype(layer.dtype))


@pytest.mark.parametrize(
    ("factors", "layers"), [(cases.FACTORS, cases.PAIRS), (cases.PADDED, cases.PADDED_PAIRS)]
)
def test_every_pair_of_values_has_a_case(
    factors: dict[str, list[Any]], layers: tuple[Layer, ...]
) -> None:
    missing = [
        (one, a, other, b)
        for one, other in combinations(factors, 2)
        for a, b in product(factors[one], factors[other])
        if not any((value(c, one), value(c, other)) == (a, b) for c in layers)
    ]
    assert missing == []


def value(layer: Layer, factor: str) -> Any:
    """What a layer has of a factor."""
    if factor == "steps":
        return layer.stride, layer.keywords["output_padding"]
    return getattr(layer, factor)


@pytest.mark.parametrize(
    ("rule", "descriptor", "crops"),
    [
        (CropRule("stride", "upper"), "t-4x5-by-4x4/same/s2x1", ((1, 1), (1, 2))),
        (CropRule("stride", "lower"), "t-4x5-by-4x4/same/s2x1", ((1, 1), (2, 1))),
        (CropRule("stride", "upper"), "t-4x5-by-2x2/valid/s3x1", ((0, -1), (0, 0))),
        (CropRule("kernel", "upper"), "t-4x5-by-2x2/valid/s3x1", ((0, 0), (0, 0))),
        (CropRule("kernel", "upper"), "t-4x5-by-2x2/same/s5x2", ((0, -3), (0, 0))),
        (CropRule("stride", "upper"), "t-4x5-by-2x2/same/s2x1/d3x1", ((1, 1), (0, 1))),
        (CropRule("stride", "upper"), "t-4x5-by-2x2/valid/s3x3/o0x2", ((0, 0), (0, -2))),
        (CropRule("stride", "upper", "before"), "t-4x5-by-2x2/valid/s3x3/o0x2", ((0, 0), (-2, 0))),
        (CropRule("stride", "upper", "halved"), "t-4x5-by-2x2/valid/s3x3/o0x2", ((0, 0), (0, -2))),
        (CropRule("stride", "upper"), "t-4x5-by-3x4/same/s2x2/o1x1", ((1, 0), (2, 1))),
        (CropRule("stride", "upper", "before"), "t-4x5-by-3x4/same/s2x2/o1x1", ((0, 1), (1, 2))),
        (CropRule("stride", "upper", "halved"), "t-4x5-by-3x4/same/s2x2/o1x1", ((0, 1), (1, 2))),
        (CropRule("stride", "lower", "halved"), "t-4x5-by-3x4/same/s2x2/o1x1", ((1, 0), (2, 1))),
        (CropRule("stride", "upper", "halved"), "t-4x5-by-1x5/same/s3x3/o2x2", ((0, -2), (1, 1))),
        (CropRule("kernel", "upper"), "t-4x5-by-3x3/p1x1x2x2/s2x2/o1x0", ((1, 0), (2, 2))),
    ],
)
def test_a_rule_crops_what_the_kernel_exceeds_its_stride_by(
    rule: CropRule, descriptor: str, crops: Pads
) -> None:
    assert rule.crops(parse(descriptor)) == crops


@pytest.mark.parametrize("rule", RULES)
def test_same_gives_a_stride_for_every_pixel(rule: CropRule) -> None:
    for layer in MAPPED:
        size = transposed_size(layer.image, layer.kernel, rule.crops(layer), layer.options)
        if layer.padding == "same" and "output_padding" not in layer.keywords:
            assert size == (4 * layer.stride[0], 5 * layer.stride[1])


@pytest.mark.parametrize("one", RULES)
def test_the_maps_tell_every_rule_from_every_other(one: CropRule) -> None:
    told = [[rule.crops(layer) for layer in MAPPED] for rule in RULES]
    assert told.count([one.crops(layer) for layer in MAPPED]) == 1


@pytest.mark.parametrize(
    ("adapter", "fact", "value"),
    [
        (Transposed, "reads", "adjoint"),
        (reading(rotated), "reads", "rotated"),
        (Transposed, "ends", "stride"),
        (ending_with_the_kernel("valid"), "ends", "kernel"),
        (Transposed, "anchor", {"rows": "upper", "columns": "upper"}),
        (OtherSide, "anchor", {"rows": "lower", "columns": "lower"}),
        (ending_with_the_kernel("same"), "consistent", False),
        (Transposed, "output_padding", "after"),
        (before(lambda _: True), "output_padding", "before"),
        (WithoutMore, "output_padding", "refused"),
        (Transposed, "complaints", []),
        (Transposed, "paddings", ["same", "valid", "full"]),
    ],
)
def test_a_fact_is_measured(adapter: type[Transposed], fact: str, value: object) -> None:
    assert put_under_test(adapter()).facts()[fact] == value


def test_outputs_first_is_its_own_inverse_and_keeps_each_kernel_in_its_group() -> None:
    k = np.arange(4 * 3).reshape(4, 3, 1, 1)
    turned = outputs_first(k, 2)
    assert turned.shape == (6, 2, 1, 1)
    assert turned[4, :, 0, 0].tolist() == [k[2, 1, 0, 0], k[3, 1, 0, 0]]
    np.testing.assert_array_equal(outputs_first(turned, 2), k)
