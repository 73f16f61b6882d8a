"""Checks, clauses and expected failures belong together, and a check to its operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.backends.registry import load
from conv2d_conformance.checks.expected_failures import EXPECTED_FAILURES
from conv2d_conformance.checks.registry import REGISTERED, Check
from conv2d_conformance.errors import SYMPTOMS, RaisedError
from conv2d_conformance.reports.document.severity import SEVERITIES
from conv2d_conformance.under_test.backend import BackendUnderTest, MissingBackend
from conv2d_conformance.under_test.factory import put_under_test
from tests.helpers.judge_mutant import LOADING, check_named, outcome
from tests.mutants.transposed import Transposed

if TYPE_CHECKING:
    from conv2d_conformance.checks.expected_failure import ExpectedFailure

SUBJECTS: dict[str, BackendUnderTest] = {
    "conv2d": BackendUnderTest(load("textbook.sum")),
    "conv_transpose2d": put_under_test(Transposed()),
}


def test_every_registered_check_has_cases() -> None:
    assert [check.name for check in REGISTERED.values() if not check.cases] == []


@pytest.mark.parametrize("check", REGISTERED.values(), ids=lambda check: check.name)
def test_a_check_is_about_one_operation_or_about_any(check: Check) -> None:
    met = {
        operation
        for operation, subject in SUBJECTS.items()
        if next(iter(check.cases_for(subject)), None) is not None
    }
    assert met == ({check.operation} if check.operation else SUBJECTS.keys())


def test_a_backend_that_does_not_load_fails_with_its_reason() -> None:
    failure = outcome(
        BackendUnderTest(MissingBackend("gone", "needs what is not here")), check_named(LOADING)
    )
    assert isinstance(failure, RaisedError)
    assert str(failure) == "needs what is not here"


def test_a_transposed_call_that_does_not_load_meets_the_transposed_checks_alone() -> None:
    subject = put_under_test(MissingBackend("gone", "not here", "conv_transpose2d"))
    met = {c.clause.section for c in REGISTERED.values() if next(c.cases_for(subject), None)}
    assert met == {"transposed", "loading"}


@pytest.mark.parametrize("record", EXPECTED_FAILURES, ids=lambda r: f"{r.backend}-{r.check}")
def test_an_expected_failure_names_a_check_a_symptom_and_a_reason(record: ExpectedFailure) -> None:
    assert record.check in REGISTERED
    assert record.symptom in SYMPTOMS
    assert len(record.reason.split()) > 3


@pytest.mark.parametrize("record", EXPECTED_FAILURES, ids=lambda r: f"{r.backend}-{r.check}")
def test_an_expected_failure_has_a_severity(record: ExpectedFailure) -> None:
    assert record.severity in SEVERITIES


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        ("silently wrong", "wrong numbers, silently"),
        ("the process dies", "crash or hang"),
        ("never written", "memory never written"),
        ("NaN", "loses or spreads NaN"),
        ("is rounded", "lower precision than promised"),
        ("raises for `same`", "refuses what it should take"),
        ("promotes operands", "takes what it should refuse"),
        ("global random generator", "manners"),
    ],
)
def test_a_severity_is_what_the_reason_says(words: str, severity: str) -> None:
    assert {r.severity for r in EXPECTED_FAILURES if words in r.reason} == {severity}
