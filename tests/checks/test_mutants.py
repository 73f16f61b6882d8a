"""Every mutant is caught by its check, and every check catches a mutant."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.checks.registry import REGISTERED
from tests.helpers.judge_mutant import LOADING, check_named, outcome, outcome_with
from tests.mutants import arithmetic, direct
from tests.mutants.mutant import distinct
from tests.mutants.table import FOLLOWS, LAYOUT
from tests.mutants.tables import EVERY_MUTANT, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mutants.mutant import Mutant

README = Path(__file__).parents[1] / "mutants" / "README.md"


@pytest.fixture(autouse=True)
def _process_as_it_was() -> Iterator[None]:
    """Some mutants change the process, and the tests that follow run in it too."""
    with contextlib.chdir(Path.cwd()), np.errstate():
        yield


@pytest.mark.slow
@pytest.mark.parametrize("mutant", EVERY_MUTANT, ids=lambda mutant: mutant.id)
def test_the_check_that_is_to_catch_a_mutant_does_and_says_why(mutant: Mutant) -> None:
    failure = outcome(mutant.under_test(), check_named(mutant.check))
    assert failure is not None, f"{mutant.id} survives {mutant.check}"
    assert mutant.words in str(failure)


def test_every_check_has_a_mutant_that_it_catches() -> None:
    assert {mutant.check for mutant in EVERY_MUTANT} == REGISTERED.keys() - {LOADING}


def test_no_two_mutants_share_a_name() -> None:
    assert len({mutant.id for mutant in EVERY_MUTANT}) == len(EVERY_MUTANT)


def test_every_mutant_has_a_row_in_which_a_clause_catches_it() -> None:
    rows = re.findall(r"^\| ([\w-]+) \|.*✗", README.read_text("utf-8"), re.MULTILINE)
    assert rows == [mutant.id for table in TABLES.values() for mutant in distinct(table)]


def test_a_small_error_in_exact_integers_is_not_explained_by_the_right_reading() -> None:
    failure = outcome(outcome_with(arithmetic.scaled), check_named(LAYOUT))
    assert "It equals the reference" not in str(failure)


def test_a_nan_is_not_called_a_stale_result() -> None:
    def not_a_number(img: Any, k: Any, padding: str) -> Any:
        return direct.conv2d(img, k, padding) * img.dtype.type("nan")

    failure = outcome(outcome_with(not_a_number), check_named(FOLLOWS))
    assert failure is None or failure.symptom != "stale output"
