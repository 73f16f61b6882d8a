"""No honest call is turned away, whatever its operation and the order of its sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.cases.planes import INTEGERS
from conv2d_conformance.checks.registry import REGISTERED, Check
from conv2d_conformance.under_test.factory import put_under_test
from tests.helpers.judge_mutant import HONEST, is_of_layers, outcome, outcome_with
from tests.mutants.layer_table import LAYOUT
from tests.mutants.layers import Layer
from tests.mutants.transposed import Transposed

if TYPE_CHECKING:
    from conv2d_conformance.under_test.backend import BackendUnderTest

# Of a layer in a dtype that the call does not have.
NO_DTYPE = "is not declared"
OF_PLANES = [check for check in REGISTERED.values() if check.operation in (None, "conv2d")]
OF_LAYERS = [check for check in REGISTERED.values() if is_of_layers(check)]
OF_TRANSPOSED = [check for check in REGISTERED.values() if check.operation == "conv_transpose2d"]


@pytest.fixture(scope="module")
def subjects() -> dict[str, BackendUnderTest]:
    """Honest calls, each probed once; the plain one gets all cases, the rest the covering ones."""
    return {
        name: outcome_with(
            function, "fft" if name == "fourier" else "direct", compiles=name != "direct"
        )
        for name, function in HONEST.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", HONEST)
@pytest.mark.parametrize("check", OF_PLANES, ids=lambda check: check.name)
def test_an_honest_call_passes_every_check(
    name: str, check: Check, subjects: dict[str, BackendUnderTest]
) -> None:
    assert outcome(subjects[name], check) is None


def test_an_honest_call_is_judged_on_each_case_that_it_declares(
    subjects: dict[str, BackendUnderTest],
) -> None:
    subject = subjects["direct"]
    lacking = {c.id for c in INTEGERS if c.dtype in subject.spec.dtypes and subject.lacks(c)}
    assert lacking == set()


@pytest.mark.slow
@pytest.mark.parametrize("check", OF_LAYERS, ids=lambda check: check.name)
def test_the_right_layer_passes_every_check_on_every_case_that_it_declares(check: Check) -> None:
    subject = put_under_test(Layer(), seconds=20)
    assert outcome(subject, check) is None
    lacking = [case for case in check.cases if (why := subject.lacks(case)) and NO_DTYPE not in why]
    assert lacking == [] or check.name == LAYOUT


@pytest.mark.slow
@pytest.mark.parametrize("check", OF_TRANSPOSED, ids=lambda check: check.name)
def test_the_right_transposed_layer_passes_every_check_on_every_case(check: Check) -> None:
    subject = put_under_test(Transposed(), seconds=20)
    assert outcome(subject, check) is None
    assert [case.id for case in check.cases if subject.lacks(case)] == []
