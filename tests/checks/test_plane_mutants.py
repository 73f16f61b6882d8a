"""Every check catches a slip, every slip is caught, and no honest call is turned away."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.cases.planes import INTEGERS
from conv2d_conformance.checks.clauses import CLAUSES
from conv2d_conformance.checks.expected_failures import EXPECTED_FAILURES
from conv2d_conformance.checks.registry import REGISTERED, Check
from conv2d_conformance.errors import SYMPTOMS, RaisedError
from conv2d_conformance.under_test.backend import BackendUnderTest, MissingBackend
from tests.helpers.judge_mutant import HONEST, PLENTY, outcome, outcome_with
from tests.mutants import arithmetic, direct
from tests.mutants.layer_table import LAYER_MUTANTS
from tests.mutants.table import FOLLOWS, LAYOUT, MUTANTS, Mutant
from tests.mutants.transposed_table import TRANSPOSED_MUTANTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.checks.expected_failure import ExpectedFailure

LOADING = "test_a_backend_that_was_asked_for_loads"


@pytest.fixture(autouse=True)
def _process_as_it_was() -> Iterator[None]:
    """Some mutants change the process, and the tests that follow run in it too."""
    with contextlib.chdir(Path.cwd()), np.errstate():
        yield


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.id)
def test_the_check_that_is_to_catch_a_mutant_does_and_says_why(mutant: Mutant) -> None:
    subject = outcome_with(mutant.make(), dtypes=mutant.dtypes, budget=PLENTY)
    failure = outcome(subject, REGISTERED[mutant.check])
    assert failure is not None, f"{mutant.id} survives {mutant.check}"
    assert mutant.words in str(failure)


@pytest.mark.parametrize("name", HONEST)
@pytest.mark.parametrize("check", REGISTERED.values(), ids=lambda check: check.name)
def test_an_honest_call_passes_every_check(name: str, check: Check, subjects: Any) -> None:
    assert outcome(subjects[name], check) is None


@pytest.fixture(scope="module")
def subjects() -> dict[str, BackendUnderTest]:
    """Honest calls, each probed once; the plain one gets all cases, the rest the covering ones."""
    return {
        name: outcome_with(
            function, "fft" if name == "fourier" else "direct", compiles=name != "direct"
        )
        for name, function in HONEST.items()
    }


def test_an_honest_call_is_judged_on_each_case_that_it_declares(
    subjects: dict[str, BackendUnderTest],
) -> None:
    subject = subjects["direct"]
    lacking = {c.id for c in INTEGERS if c.dtype in subject.spec.dtypes and subject.lacks(c)}
    assert lacking == set()


def test_a_backend_that_does_not_load_fails_with_its_reason() -> None:
    failure = outcome(
        BackendUnderTest(MissingBackend("gone", "needs what is not here")), REGISTERED[LOADING]
    )
    assert isinstance(failure, RaisedError)
    assert str(failure) == "needs what is not here"


def test_every_check_has_a_mutant_that_it_catches() -> None:
    tables = MUTANTS, LAYER_MUTANTS, TRANSPOSED_MUTANTS
    caught = {mutant.check for table in tables for mutant in table}
    assert caught == REGISTERED.keys() - {LOADING}


def test_a_small_error_in_exact_integers_is_not_explained_by_the_right_reading() -> None:
    failure = outcome(outcome_with(arithmetic.scaled), REGISTERED[LAYOUT])
    assert "It equals the reference" not in str(failure)


def test_a_nan_is_not_called_a_stale_result() -> None:
    def not_a_number(img: Any, k: Any, padding: str) -> Any:
        return direct.conv2d(img, k, padding) * img.dtype.type("nan")

    failure = outcome(outcome_with(not_a_number), REGISTERED[FOLLOWS])
    assert failure is None or failure.symptom != "stale output"


def test_every_clause_has_a_check_and_every_check_a_clause() -> None:
    assert {check.clause for check in REGISTERED.values()} == set(CLAUSES.values())


def test_every_registered_check_has_cases() -> None:
    assert [check.name for check in REGISTERED.values() if not check.cases] == []


@pytest.mark.parametrize("record", EXPECTED_FAILURES, ids=lambda r: f"{r.backend}-{r.check}")
def test_an_expected_failure_names_a_check_a_symptom_and_a_reason(record: ExpectedFailure) -> None:
    assert record.check in REGISTERED
    assert record.symptom in SYMPTOMS
    assert len(record.reason.split()) > 3
