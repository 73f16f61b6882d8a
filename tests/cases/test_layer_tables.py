"""The layers that are tried cover all pairs and triples of options, and tell every slip."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.cases import layer_tables
from conv2d_conformance.cases.layer_tables import FACTORS, PAIRS, TRIPLES, has_output
from conv2d_conformance.diagnosis.misreadings.layer_misreadings import exact_of, layer_misreadings
from conv2d_conformance.under_test.backend import BackendUnderTest
from tests.mutants.layers import Layer as Right

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.diagnosis.misreadings.layer_misreadings import Misreading

ROWS = [dict(zip(FACTORS, values, strict=True)) for values in product(*FACTORS.values())]
NO_OUTPUT = 504


def chosen(rows: Iterable[dict[str, Any]], strength: int) -> set[tuple[tuple[str, Any], ...]]:
    """Every combination of so many values that occurs."""
    return {
        tuple((factor, row[factor]) for factor in factors)
        for row in rows
        for factors in combinations(FACTORS, strength)
    }


def row(layer: Layer) -> dict[str, Any]:
    return {factor: getattr(layer, factor) for factor in FACTORS}


@pytest.mark.parametrize(("layers", "strength"), [(PAIRS, 2), (PAIRS + TRIPLES, 3)])
def test_every_combination_that_has_an_output_occurs(
    layers: tuple[Layer, ...], strength: int
) -> None:
    possible = [row for row in ROWS if has_output(row)]
    assert chosen(map(row, layers), strength) == chosen(possible, strength)


def test_few_layers_are_left_out_for_having_no_output() -> None:
    assert len([row for row in ROWS if not has_output(row)]) == NO_OUTPUT
    assert len(chosen(filter(has_output, ROWS), 3)) == len(chosen(ROWS, 3))


@pytest.mark.parametrize(
    "layers", [PAIRS, TRIPLES, layer_tables.DESIGNED, layer_tables.REDUCED, layer_tables.ORDINARY]
)
def test_every_layer_that_is_listed_has_an_output(layers: tuple[Layer, ...]) -> None:
    assert all(has_output(row(layer)) for layer in layers)


@pytest.fixture(scope="module")
def right() -> BackendUnderTest:
    return BackendUnderTest(Right())


def told_apart(subject: BackendUnderTest, layer: Layer) -> Iterator[tuple[Misreading, bool]]:
    """Wrong readings of a layer, and whether its result shows them."""
    exact = subject.layers.exact(layer).value
    for reading in layer_misreadings(layer, subject.layers.expectation):
        other = exact_of(layer, reading)
        if other is None or other.value.shape != exact.shape:
            yield reading, True
        else:
            yield reading, not np.array_equal(other.value[:, list(reading.order)], exact)


def means_the_same(subject: BackendUnderTest, layer: Layer, reading: Misreading) -> bool:
    """Whether a reading gives every product its place: nothing differs, or nothing is there."""
    img, k = (a if a.ndim == 4 else a[None, None] for a in layer.arrays())
    size = subject.layers.size(layer)[-2:]
    asked, taken = layer.options, reading.options
    axes = (0, 1)
    return not img.size or all((
        # One tap has no distance to another, one window none to the next.
        all(layer.kernel[i] == 1 or asked.dilation[i] == taken.dilation[i] for i in axes),
        all(size[i] == 1 or asked.stride[i] == taken.stride[i] for i in axes),
        reading.pads == subject.layers.pads(layer),
        reading.order == tuple(range(len(k))),
        np.array_equal(reading.img, img),
        np.array_equal(reading.k, k),
    ))  # fmt: skip


@pytest.mark.parametrize("layer", layer_tables.INTEGERS, ids=lambda layer: layer.id)
def test_a_layer_tells_every_reading_that_is_another(right: BackendUnderTest, layer: Layer) -> None:
    missed = [
        reading.words
        for reading, differs in told_apart(right, layer)
        if not differs and not means_the_same(right, layer, reading)
    ]
    assert missed == []


@pytest.mark.slow
def test_every_reading_is_told_by_a_layer(right: BackendUnderTest) -> None:
    every = [pair for layer in layer_tables.INTEGERS for pair in told_apart(right, layer)]
    shown = {reading.words for reading, differs in every if differs}
    assert {reading.words for reading, _ in every} == shown
