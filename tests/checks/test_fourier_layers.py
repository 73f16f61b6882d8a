"""Layers by Fourier transforms are judged by their norms: right ones pass, wrong ones fail."""

from __future__ import annotations

import pytest

from conv2d_conformance.cases import layer_tables
from conv2d_conformance.cases.layers import parse
from conv2d_conformance.checks.layer_assertions import assert_blocks
from conv2d_conformance.checks.registry import REGISTERED, Check
from conv2d_conformance.errors import WrongValueError
from conv2d_conformance.under_test.factory import put_under_test
from tests.helpers.judge_mutant import check_named, is_of_layers, outcome
from tests.mutants.fourier_layers import ChannelsReversed, FourierLayer, FourierTransposed
from tests.mutants.layer_table import EXACT
from tests.mutants.transposed_table import EXACT as EXACT_TRANSPOSED
from tests.mutants.transposed_table import MAPS

pytestmark = pytest.mark.slow
CHECKS = [check for check in REGISTERED.values() if is_of_layers(check)]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_right_layer_passes_every_check(check: Check) -> None:
    assert outcome(put_under_test(FourierLayer(), seconds=20), check) is None


@pytest.mark.parametrize("name", [EXACT_TRANSPOSED, MAPS])
def test_a_right_transposed_layer_passes(name: str) -> None:
    subject = put_under_test(FourierTransposed(), seconds=20)
    assert outcome(subject, check_named(name)) is None
    assert subject.layers.facts()["complaints"] == []


def test_a_layer_is_judged_and_not_refused() -> None:
    subject, check = put_under_test(FourierLayer(), seconds=20), check_named(EXACT)
    for layer in layer_tables.REDUCED:
        check.run(subject, layer)
        assert subject.margin is not None
        assert 0 < subject.margin.ratio < 0.05


@pytest.mark.parametrize(
    "descriptor", ["n1c3o16/56x56-by-7x7/p3x3x3x3/s2x2/normal", "n1c8o8g4/28x28-by-3x3/same/normal"]
)
def test_blocks_of_a_large_layer_are_held_to_the_norms_of_the_whole(descriptor: str) -> None:
    layer = parse(descriptor)
    right = put_under_test(FourierLayer(), seconds=20)
    wrong = put_under_test(ChannelsReversed(), seconds=20)
    assert_blocks(right, layer, right.layers.call(layer))
    assert right.margin is not None
    assert 0 < right.margin.ratio < 0.05
    with pytest.raises(WrongValueError):
        assert_blocks(wrong, layer, wrong.layers.call(layer))
