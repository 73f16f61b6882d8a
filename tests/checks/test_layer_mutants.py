"""Every slip of a layer is caught and named, and the right one passes all that it declares."""

from __future__ import annotations

import pytest

from conv2d_conformance.checks.registry import REGISTERED, Check
from conv2d_conformance.under_test.backend import BackendUnderTest
from tests.helpers.judge_mutant import outcome
from tests.mutants.layer_table import LAYER_MUTANTS, LAYOUT, LayerMutant
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
def test_the_right_layer_passes_every_check_on_every_case_that_it_declares(check: Check) -> None:
    subject = under_test(Layer)
    assert outcome(subject, check) is None
    taken = [case for case in check.cases if not subject.lacks(case)]
    assert len(taken) == len(check.cases) or check.name == LAYOUT
