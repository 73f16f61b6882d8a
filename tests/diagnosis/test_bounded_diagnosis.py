"""Diagnosing costs a few references of a plane or a layer, not one for each misreading."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.cases.layers import parse
from conv2d_conformance.definition import layers
from conv2d_conformance.definition.conventions import Conventions
from conv2d_conformance.definition.correlation import correlate, orient
from conv2d_conformance.definition.expectation import Expectation
from conv2d_conformance.definition.padding import SAME_PADDING_RULES
from conv2d_conformance.definition.transposed_padding import CropRule
from conv2d_conformance.diagnosis.misreadings import explain, plane_misreadings

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array, Exact

SIZE = (90, 110)
USUAL = Conventions("correlation", "zeros", {("rows", 1): 0, ("columns", 1): 0}, ())


def operands() -> tuple[Array, Array]:
    rng = np.random.default_rng(3)
    return rng.standard_normal(SIZE).astype("f4"), rng.standard_normal((5, 5)).astype("f4")


def exact_of(img: Array, k: Array, boundary: Any = "zeros") -> Exact:
    return correlate(img, k, before=(2, 2), size=SIZE, boundary=boundary)


@pytest.fixture
def whole_references(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The references of the whole plane that are made."""
    made: list[object] = []

    def counted(img: Array, k: Array, **how: Any) -> Exact:
        if how["size"] == SIZE:
            made.append(how)
        return correlate(img, k, **how)

    monkeypatch.setattr(plane_misreadings, "correlate", counted)
    return made


def said_of(result: Array) -> str:
    img, k = operands()
    return explain.of_plane(
        img, k, "same", result, conventions=USUAL, direct=True, exact=exact_of(img, k)
    )


@pytest.mark.parametrize(
    ("orientation", "boundary", "words"),
    [
        ("flip-columns", "zeros", "read as flip-columns"),
        ("transposed-convolution", "zeros", "read as transposed-convolution"),
        ("correlation", "edge", "boundary edge"),
        ("correlation", "wrap", "boundary wrap"),
    ],
)
def test_a_misreading_is_found_by_few_references(
    orientation: Any, boundary: str, words: str, whole_references: list[object]
) -> None:
    img, k = operands()
    result = exact_of(img, orient(k, orientation), boundary).value.astype("f4")
    assert words in said_of(result)
    assert len(whole_references) <= 2


def test_what_nothing_explains_needs_no_reference(whole_references: list[object]) -> None:
    img, k = operands()
    result = (exact_of(img, k).value * 1.5).astype("f4")
    assert "No other orientation, shift or boundary explains it" in said_of(result)
    assert len(whole_references) == 0


def test_a_block_alone_explains_nothing(whole_references: list[object]) -> None:
    img, k = operands()
    result = exact_of(img, k[::-1]).value.astype("f4")
    result[-1, -1] += 7
    assert "No other orientation, shift or boundary explains it" in said_of(result)
    assert len(whole_references) == 1


LAYER = "n2c6o6g2/9x8-by-3x2/p1x0x2x1/s1x2"


@pytest.fixture
def whole_layers(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The references of all outputs that are made."""
    made: list[object] = []

    def counted(compute: Any, img: Array, *operands: Array, **how: Any) -> Exact:
        exact: Exact = compute(img, *operands, **how)
        if exact.value.shape[:2] == (2, 6):
            made.append(how)
        return exact

    for name in ("correlate", "transpose"):
        monkeypatch.setattr(layers, name, partial(counted, getattr(layers, name)))
    return made


def expectation_of(layer: Layer, *, direct: bool = True) -> Expectation:
    transposed = layer.operation == "conv_transpose2d"
    rule = CropRule("stride", "upper", "after") if transposed else SAME_PADDING_RULES[0]
    return Expectation("correlation", rule, direct)


@pytest.mark.parametrize("direct", [True, False], ids=["direct", "fourier"])
@pytest.mark.parametrize("kind", ["", "t-"], ids=["correlation", "transposed"])
def test_what_explains_no_layer_needs_one_reference(
    kind: str, direct: bool, whole_layers: list[object]
) -> None:
    layer = parse(kind + LAYER)
    expectation = expectation_of(layer, direct=direct)
    result = expectation.exact(layer, *layer.arrays()).value.astype("f4")
    result[1, 4, 3] *= 1.5
    whole_layers.clear()
    assert "No other reading" in explain.of_layer(layer, result, expectation)
    assert len(whole_layers) == 1


@pytest.mark.parametrize("kind", ["", "t-"], ids=["correlation", "transposed"])
def test_a_misread_layer_is_found_by_few_references(kind: str, whole_layers: list[object]) -> None:
    layer = parse(kind + LAYER)
    expectation = expectation_of(layer)
    img, k = layer.arrays()
    result = expectation.exact(layer, img[:, ::-1], k).value.astype("f4")
    whole_layers.clear()
    said = explain.of_layer(layer, result, expectation)
    assert "with the channels of the image in reverse" in said
    assert len(whole_layers) <= 2
