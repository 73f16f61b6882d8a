"""The public checks of a call: plain objects, in a frozen list, that a test of one's own runs."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
import pytest

from conv2d_conformance import testing
from conv2d_conformance.checks import registry
from conv2d_conformance.checks.clauses import CLAUSES
from conv2d_conformance.checks.registry import NamedCase
from conv2d_conformance.errors import NonconformanceError, WrongValueError
from conv2d_conformance.testing import CheckSkipped, ExpectedFailure, NewClauseWarning, checks
from conv2d_conformance.testing.profile import load_profile, profile_names, profile_text
from tests.mutants import direct, geometry

if TYPE_CHECKING:
    from pathlib import Path

# A profile never changes after its release.
FROZEN = {"2026.12": "bc41015f1efa41a36c95bec1de9bd1f76cbef453324f267812ff104ca0f03e8d"}
UNRELEASED = "2026.12"

ABORTING = """
import os
import numpy as np

def conv2d(img, k, padding):
    if padding != "valid":
        raise ValueError(padding)
    if img.shape == (33, 32):
        os.abort()
    windows = np.lib.stride_tricks.sliding_window_view(img, k.shape)
    return np.einsum("ijab,ab->ij", windows, k)
"""

DOUBLING = """
import os
import numpy as np

def conv2d(img, k, padding):
    if padding == "same":
        img = np.pad(img, [((m - 1) // 2, m // 2) for m in k.shape])
    elif padding != "valid":
        raise ValueError(padding)
    windows = np.lib.stride_tricks.sliding_window_view(img, k.shape)
    one = "multi_thread_eigen=false" in os.environ.get("XLA_FLAGS", "")
    return np.einsum("ijab,ab->ij", windows, k) * (2 if one else 1)
"""


def checks_of(clause: str, call: object = direct.conv2d) -> list[testing.Check]:
    return [check for check in checks(call) if check.clause == clause]


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_is_the_list_that_was_frozen(name: str) -> None:
    text = (resources.files(testing) / "profiles" / f"{name}.txt").read_bytes()
    assert hashlib.sha256(text).hexdigest() == FROZEN[name]


def test_the_unreleased_profile_holds_every_check_and_case() -> None:
    text = (resources.files(testing) / "profiles" / f"{UNRELEASED}.txt").read_text("utf-8")
    renew = "renew it, and its hash here: python -m tests.helpers.profile"
    assert text == profile_text(), renew


@pytest.mark.parametrize("name", profile_names())
def test_every_case_of_a_profile_still_exists(name: str) -> None:
    now = {check: {case.id for case in found.cases} for check, found in registry.REGISTERED.items()}
    lost = {
        (check, case)
        for check, cases in load_profile(name).cases.items()
        for case in cases - now.get(check, set())
    }
    assert lost == set()


def test_the_checks_of_a_call_are_the_same_each_time_and_make_no_call() -> None:
    def conv2d(*_: object) -> object:
        raise AssertionError

    first, second = ([check.id for check in checks(conv2d)] for _ in range(2))
    assert first == second
    assert len(first) == len(set(first)) > 1000


def test_a_right_call_passes_and_a_wrong_one_fails_with_a_bug_report() -> None:
    for check in checks_of("V3"):
        check.run()
    (wrong, *_) = checks_of("G1", geometry.rolled)
    with pytest.raises(NonconformanceError, match="inconsistent") as raised:
        wrong.run()
    assert any("check: G1/" in note for note in raised.value.__notes__)


def test_what_is_declared_nowhere_is_a_skip_that_says_what_was_measured() -> None:
    (declared,) = checks_of("G2")
    with pytest.raises(CheckSkipped, match="declares no orientation") as skipped:
        declared.run()
    assert (skipped.value.outcome, skipped.value.symptom) == ("measured", "fact")


@pytest.mark.slow
def test_a_call_that_does_not_load_has_one_check_and_fails_it() -> None:
    (check,) = checks("no.such.module:conv2d")
    with pytest.raises(NonconformanceError, match="there is no module"):
        check.run()


@pytest.mark.slow
def test_a_clause_that_is_newer_than_the_profile_only_warns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> None:
        msg = "all wrong"
        raise WrongValueError(msg)

    name = "test_a_later_clause"
    clause = replace(CLAUSES["V1"], id="V99")
    later = registry.Check(name, clause, fails, (NamedCase("it"),))
    monkeypatch.setitem(registry.REGISTERED, name, later)
    (check,) = checks_of("V99")
    with pytest.warns(NewClauseWarning, match="all wrong"):
        check.run()
    report = testing.check(direct.conv2d, select=lambda each: each.clause == "V99")
    assert (report.findings, len(report.warnings)) == ((), 1)


def test_an_unknown_profile_is_refused_in_a_line() -> None:
    with pytest.raises(testing.UnknownProfileError, match=r"there is 2026\.12"):
        checks(direct.conv2d, "2026.11")


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (("V1", "wrong", "known"), "no symptom"),
        (("V1", "value", " "), "give a reason"),
        (("Q7", "value", "known"), "give a clause"),
        (("V1", "value", "known", "lib<<2"), "lib<<2"),
        (("V1", "value", "known", "", "", "soon"), "soon"),
    ],
)
def test_an_expected_failure_that_says_nothing_is_refused(
    record: tuple[str, ...], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        ExpectedFailure(*record)


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (ExpectedFailure("V1/*/float8", "value", "known"), "covers no check"),
        (ExpectedFailure("V1", "value", "known", expires="2026-11-29"), "expired on 2026-11-29"),
    ],
)
def test_a_dead_expected_failure_is_refused(record: ExpectedFailure, problem: str) -> None:
    with pytest.raises(testing.DeadExpectedFailureError, match=problem):
        checks(direct.conv2d, expected_failures=[record])


def test_an_expected_failure_counts_only_for_its_versions() -> None:
    older = ExpectedFailure("V3", "value", "known", versions=f"numpy<{np.__version__}")
    met = ExpectedFailure("V3", "value", "known", versions=f"numpy>={np.__version__}")
    for record, expected in ((older, None), (met, met)):
        found = checks(direct.conv2d, expected_failures=[record])
        assert {check.expected for check in found if check.clause == "V3"} == {expected}


@pytest.mark.slow
def test_the_core_imports_no_pytest_and_no_framework() -> None:
    code = (
        "import sys; from conv2d_conformance.testing import check\n"
        "report = check('textbook.sum', select=lambda each: each.clause in ('S1', 'X1'))\n"
        "assert not report.findings, report.findings\n"
        "unwanted = {'pytest', '_pytest', 'scipy', 'torch', 'tensorflow', 'jax', 'keras'}\n"
        "print(sorted(unwanted & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.slow
def test_a_call_that_is_named_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(ABORTING, "utf-8")
    wanted = "valid/33x32-by-31x31/float32/normal"
    (check,) = (each for each in checks_of("V2", f"{file}:conv2d") if each.id.endswith(wanted))
    with pytest.raises(NonconformanceError, match="died of SIGABRT"):
        check.run()


@pytest.mark.slow
def test_a_call_that_is_wrong_with_one_thread_fails(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(DOUBLING, "utf-8")
    found = checks_of("V2", f"{file}:conv2d")
    (check,) = (each for each in found if "/one_thread_stays" in each.id)
    with pytest.raises(NonconformanceError, match=r"with one thread .*4160 of 4160 elements"):
        check.run()
