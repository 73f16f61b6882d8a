"""Every slip of a transposed convolution is caught and named, and the right one passes."""

from __future__ import annotations

import pytest

from conv2d_conformance.backends.registry import load
from conv2d_conformance.checks.registry import REGISTERED, Check
from conv2d_conformance.under_test.backend import BackendUnderTest, MissingBackend
from conv2d_conformance.under_test.factory import put_under_test
from tests.checks.test_plane_mutants import outcome
from tests.mutants.fourier_layers import FourierTransposed
from tests.mutants.transposed import Transposed
from tests.mutants.transposed_table import EXACT, MAPS, TRANSPOSED_MUTANTS, TransposedMutant

SUBJECTS: dict[str, BackendUnderTest] = {
    "conv2d": BackendUnderTest(load("textbook.sum")),
    "conv_transpose2d": put_under_test(Transposed()),
}
FOURIER = put_under_test(FourierTransposed())
CHECKS = [check for check in REGISTERED.values() if check.operation == "conv_transpose2d"]


@pytest.mark.parametrize("mutant", TRANSPOSED_MUTANTS, ids=lambda mutant: mutant.id)
def test_the_check_that_is_to_catch_a_mutant_does_and_says_why(mutant: TransposedMutant) -> None:
    failure = outcome(put_under_test(mutant.adapter()), REGISTERED[mutant.check])
    assert failure is not None, f"{mutant.id} survives {mutant.check}"
    assert mutant.words in str(failure)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_the_right_one_passes_every_check_on_every_case(check: Check) -> None:
    subject = put_under_test(Transposed())
    assert outcome(subject, check) is None
    assert [case.id for case in check.cases if subject.lacks(case)] == []


@pytest.mark.parametrize("name", [EXACT, MAPS])
def test_a_right_one_by_fourier_transforms_is_judged_and_passes(name: str) -> None:
    assert outcome(FOURIER, REGISTERED[name]) is None
    assert FOURIER.layers.facts()["complaints"] == []


@pytest.mark.parametrize("check", REGISTERED.values(), ids=lambda check: check.name)
def test_a_check_is_about_one_operation_or_about_any(check: Check) -> None:
    met = {
        operation
        for operation, subject in SUBJECTS.items()
        if next(iter(check.cases_for(subject)), None) is not None
    }
    assert met == ({check.operation} if check.operation else SUBJECTS.keys())


def test_a_transposed_call_that_does_not_load_meets_the_transposed_checks_alone() -> None:
    subject = put_under_test(MissingBackend("gone", "not here", "conv_transpose2d"))
    met = {c.clause.section for c in REGISTERED.values() if next(c.cases_for(subject), None)}
    assert met == {"transposed", "loading"}
