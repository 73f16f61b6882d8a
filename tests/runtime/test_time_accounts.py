"""Each second of a run is put to one account, and the document holds them all."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conv2d_conformance.cases.planes import FEW_CASES, Case
from conv2d_conformance.definition.correlation import correlate_cached
from conv2d_conformance.reports.document.files import load
from conv2d_conformance.runtime.time_accounts import ACCOUNTS, TimeAccounts
from tests.helpers.judge_mutant import outcome_with
from tests.mutants import direct

pytestmark = pytest.mark.serial

ROOT = Path(__file__).parents[2]
NAP = 0.02


def slow(img: Any, k: Any, padding: str) -> Any:
    time.sleep(NAP)
    return direct.conv2d(img, k, padding)


def spent(cost: TimeAccounts) -> dict[str, float]:
    return {account: seconds or 0.0 for account, seconds in cost.facts().items()}


def test_an_account_inside_another_takes_its_time_from_it() -> None:
    cost = TimeAccounts(compiles=False)
    with cost.charge("harness"):
        time.sleep(NAP)
        with cost.charge("reference"):
            time.sleep(4 * NAP)
    told = spent(cost)
    assert NAP <= told["harness"] < 3 * NAP < told["reference"]


def test_what_the_probe_calls_is_put_to_the_probe() -> None:
    cost = TimeAccounts(compiles=False)
    with cost.charge("probe"), cost.charge("calls"):
        time.sleep(NAP)
    assert spent(cost)["calls"] == 0 < NAP <= spent(cost)["probe"]


def test_an_exception_closes_its_account() -> None:
    cost = TimeAccounts(compiles=False)
    with pytest.raises(ValueError, match="no"), cost.charge("calls"):
        raise ValueError("no")  # noqa: EM101
    before = spent(cost)
    time.sleep(NAP)
    with cost.charge("harness"):
        pass
    assert spent(cost)["calls"] == before["calls"]


def test_a_call_is_put_to_the_calls() -> None:
    subject = outcome_with(slow)
    subject.run(FEW_CASES[0])
    assert NAP <= spent(subject.cost)["calls"] < 10 * NAP


def test_the_first_call_of_a_shape_stands_apart_where_it_compiles() -> None:
    subject = outcome_with(slow, compiles=True)
    for case in (FEW_CASES[0], FEW_CASES[0], FEW_CASES[0], FEW_CASES[1]):
        subject.run(case)
    told = spent(subject.cost)
    assert told["calls"] >= 2 * NAP
    assert told["first_calls"] >= 2 * NAP


def test_a_call_that_does_not_compile_has_no_first_calls() -> None:
    assert TimeAccounts(compiles=False).facts()["first_calls"] is None


def test_the_reference_and_the_probe_are_put_to_their_own() -> None:
    subject = outcome_with(direct.conv2d)
    # A shape that no other test has: what is remembered costs nothing.
    subject.exact(*Case((43, 44), (11, 11), family="normal").arrays(), "same")
    told = spent(subject.cost)
    assert told["probe"] > 0 < told["reference"]
    assert told["calls"] == 0


def test_a_remembered_result_is_that_of_its_own_numbers() -> None:
    img, k = FEW_CASES[0].arrays()
    first = correlate_cached(img, k, (0, 0), (3, 3), "zeros")
    again = correlate_cached(img.copy(), k.copy(), (0, 0), (3, 3), "zeros")
    other = correlate_cached(img + 1, k, (0, 0), (3, 3), "zeros")
    assert again is first
    assert not np.array_equal(first.value, other.value)
    assert not first.value.flags.writeable


@pytest.mark.slow
def test_the_document_holds_one_cost_per_backend(tmp_path: Path) -> None:
    results = tmp_path / "r.json"
    words = ["conformance", "-q", "-p", "no:cacheprovider", "-k", "D1", "--results", str(results),
             "--backend", "tests/mutants/direct.py:conv2d"]  # fmt: skip
    subprocess.run([sys.executable, "-m", "pytest", *words], cwd=ROOT, check=True)
    (run,) = load(results)["runs"]
    costs = [r["value"] for r in run["records"] if r["kind"] == "fact" and r["fact"] == "cost"]
    assert [set(cost) for cost in costs] == [set(ACCOUNTS)]
    assert costs[0]["probe"] > 0 < costs[0]["harness"]
