"""Every slip of a layer is caught and named, and the right one passes all that it declares."""

from __future__ import annotations

import pytest

from conv2d_conformance.cases import layer_tables
from conv2d_conformance.cases.layers import parse
from conv2d_conformance.checks.registry import REGISTERED, Check
from conv2d_conformance.checks.test_timing import blocks_of_layer
from conv2d_conformance.errors import WrongValueError
from conv2d_conformance.under_test.backend import BackendUnderTest
from tests.checks.test_plane_mutants import outcome
from tests.mutants.fourier_layers import ChannelsReversed, FourierLayer
from tests.mutants.layer_table import EXACT, LAYER_MUTANTS, LAYOUT, LayerMutant
from tests.mutants.layers import Layer

CHECKS = [check for check in REGISTERED.values() if check.clause.section == "layers"]


def under_test(adapter: type[Layer]) -> BackendUnderTest:
    return BackendUnderTest(adapter(), seconds=20)


@pytest.mark.parametrize("mutant", LAYER_MUTANTS, ids=lambda mutant: mutant.id)
def test_the_check_that_is_to_catch_a_mutant_does_and_says_why(mutant: LayerMutant) -> None:
    failure = outcome(under_test(mutant.adapter), REGISTERED[mutant.check])
    assert failure is not None, f"{mutant.id} survives {mutant.check}"
    assert mutant.words in str(failure)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_right_layer_by_fourier_transforms_passes_every_check(check: Check) -> None:
    assert outcome(under_test(FourierLayer), check) is None


def test_a_layer_by_fourier_transforms_is_judged_and_not_refused() -> None:
    subject, check = under_test(FourierLayer), REGISTERED[EXACT]
    for layer in layer_tables.REDUCED:
        check.run(subject, layer)
        assert subject.margin is not None
        assert 0 < subject.margin.ratio < 0.05


@pytest.mark.parametrize(
    "descriptor", ["n1c3o16/56x56-by-7x7/p3x3x3x3/s2x2/normal", "n1c8o8g4/28x28-by-3x3/same/normal"]
)
def test_blocks_of_a_large_layer_are_held_to_the_norms_of_the_whole(descriptor: str) -> None:
    layer = parse(descriptor)
    right, wrong = under_test(FourierLayer), under_test(ChannelsReversed)
    blocks_of_layer(right, layer, right.layers.call(layer))
    assert right.margin is not None
    assert 0 < right.margin.ratio < 0.05
    with pytest.raises(WrongValueError):
        blocks_of_layer(wrong, layer, wrong.layers.call(layer))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_the_right_layer_passes_every_check_on_every_case_that_it_declares(check: Check) -> None:
    subject = under_test(Layer)
    assert outcome(subject, check) is None
    taken = [case for case in check.cases if not subject.lacks(case)]
    assert len(taken) == len(check.cases) or check.name == LAYOUT
