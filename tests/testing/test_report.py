"""A report on a call: it never raises, and nothing that was left out is green."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from conv2d_conformance.reports.document.files import load
from conv2d_conformance.reports.tables import summary
from conv2d_conformance.reports.tables.summary import overall
from conv2d_conformance.testing import (
    Check,
    ExpectedFailure,
    FindingsError,
    check,
    checks,
    run_checks,
)
from tests.mutants import bad_input, direct

if TYPE_CHECKING:
    from pathlib import Path

    from conv2d_conformance.definition.correlation import Array


# The fingerprint of a document is measured in a process.
pytestmark = pytest.mark.slow


def shapes(each: Check) -> bool:
    return each.section == "shape"


def shapes_and_facts(each: Check) -> bool:
    return each.section == "shape" or each.clause == "G2"


def shapes_and_examples(each: Check) -> bool:
    return each.section == "shape" or each.clause == "V3"


def off_by_one(img: Array, k: Array, padding: str) -> Array:
    """Wrong on the question's example alone, so that conventions can be measured."""
    return direct.conv2d(img, k, padding) + (img.shape == (8, 8))


def test_a_right_call_conforms_and_its_document_can_be_read(tmp_path: Path) -> None:
    report = check(direct.conv2d, select=shapes)
    report.raise_for_findings()
    path = tmp_path / "results.json"
    path.write_text(report.to_json(), "utf-8")
    verdicts = [r for r in load(path)["runs"][0]["records"] if r["kind"] == "verdict"]
    assert len(verdicts) == report.receipt.ran + report.receipt.refused


def test_a_selection_is_never_green_by_itself(tmp_path: Path) -> None:
    report = check(direct.conv2d, select=shapes)
    part, path = f"{report.receipt.left_out} of {report.receipt.planned}", tmp_path / "results.json"
    said = f"{part} checks were left out"
    path.write_text(report.to_json(), "utf-8")
    assert (report.status, report.conforms, report.reduced) == ("incomplete", False, said)
    (run,) = load(path)["runs"]
    assert (overall(load(path))[0], summary.reduced(run)) == ("incomplete", said)
    assert f"{said}: a part of the suite does not show" in report.to_markdown()
    badge = json.loads(report.badge())
    assert badge["message"].endswith(f"{part} skipped")
    assert not badge["isError"]


def test_a_run_of_every_check_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    (one, *_) = (each for each in checks(direct.conv2d) if each.clause == "S1")
    monkeypatch.setattr(run_checks, "checks", lambda *_, **__: [one])
    report = check(direct.conv2d)
    assert (report.status, report.conforms, report.reduced) == ("conforms", True, "")
    assert json.loads(report.badge())["color"] == "brightgreen"


def test_a_selection_of_nothing_says_what_was_planned() -> None:
    report = check(direct.conv2d, select=lambda _: False, minimum=0)
    receipt = json.loads(report.to_json())["receipt"]
    assert report.status == "incomplete"
    assert receipt["planned"] == receipt["left_out"] == report.receipt.planned > 1000


def test_a_wrong_call_has_findings_that_say_which_clause_and_what() -> None:
    report = check(off_by_one, select=shapes_and_examples)
    with pytest.raises(FindingsError, match=r"does not conform to 2026\.12") as raised:
        report.raise_for_findings()
    assert "elements are wrong" in str(raised.value)
    assert "failed" in report.to_markdown()


@pytest.mark.parametrize("error", [ValueError, MemoryError, SystemExit, RecursionError])
def test_a_report_never_raises(error: type[BaseException]) -> None:
    def conv2d(*_: object) -> object:
        raise error

    report = check(conv2d, select=shapes)
    assert report.status == "fails"


@pytest.mark.parametrize("call", [5, None, "", "scipy", "no.module:f", object(), "x.py:f", ":"])
def test_what_is_no_call_is_a_finding(call: object) -> None:
    report = check(call, select=shapes)
    assert report.findings
    assert report.status == "fails"


def test_a_call_that_writes_into_its_kernel_is_still_reported() -> None:
    def conv2d(img: Array, k: Array, padding: str) -> Array:
        result = direct.conv2d(img, k, padding)
        k[...] = 0
        return result

    report = check(conv2d, select=lambda each: each.clause == "H1")
    assert any("changed its operands" in finding for finding in report.findings)


def test_a_suite_that_shrinks_goes_red() -> None:
    full = check(direct.conv2d, select=shapes)
    report = check(direct.conv2d, select=shapes, minimum=full.receipt.ran + 1)
    assert (full.status, report.status) == ("incomplete", "fails")
    assert f"at least {full.receipt.ran + 1} must run" in report.findings[0]


def test_what_a_call_takes_is_no_failure_that_is_expected_and_is_counted() -> None:
    known = [ExpectedFailure("B4", "accepted bad input", "it promotes")]
    report = check(
        bad_input.promoting, select=lambda each: each.clause == "B4", expected_failures=known
    )
    assert {(each.outcome, each.symptom) for each in report.results} == {
        ("measured", "accepted bad input")
    }
    assert (report.receipt.measured, "3 measured" in str(report.receipt)) == (3, True)
    assert "takes an image of float32 with a kernel of float64" in report.to_markdown()


def test_the_receipt_accounts_for_every_check() -> None:
    receipt = check(direct.conv2d, select=shapes_and_facts).receipt
    counted = receipt.ran + receipt.refused + receipt.measured + receipt.skipped
    assert (receipt.planned, receipt.measured > 0) == (counted, True)
    assert receipt.skipped == receipt.left_out > 1000


def test_an_expected_failure_is_fine_and_one_that_passes_is_not() -> None:
    known = [ExpectedFailure("V3", "value", "adds one", link="https://example.org/1")]
    failing = check(off_by_one, select=shapes_and_examples, expected_failures=known)
    assert not failing.findings
    assert {r.outcome for r in failing.results if r.check.clause == "V3"} == {"expected failure"}
    fixed = check(direct.conv2d, select=shapes_and_examples, expected_failures=known)
    assert "unexpected pass" in fixed.findings[0]


def test_an_expected_failure_with_another_symptom_is_a_failure() -> None:
    def of_lists(img: Array, k: Array, padding: str) -> object:
        return list(direct.conv2d(img, k, padding))

    known = [ExpectedFailure("V3", "value", "adds one")]
    report = check(of_lists, select=lambda each: each.clause == "V3", expected_failures=known)
    assert report.status == "fails"


@pytest.mark.parametrize(
    ("call", "everything", "color"),
    [(direct.conv2d, False, "yellow"), (off_by_one, False, "red")],
    ids=["reduced", "wrong"],
)
def test_a_badge_is_green_only_if_nothing_was_left_out(
    call: object, everything: bool, color: str
) -> None:
    report = check(call, select=None if everything else shapes_and_examples)
    assert json.loads(report.badge())["color"] == color


def test_a_nan_in_a_margin_or_a_message_still_makes_a_document() -> None:
    def conv2d(img: Array, k: Array, padding: str) -> Array:
        return np.full_like(direct.conv2d(img, k, padding), -1) / 0

    assert json.loads(check(conv2d, select=shapes_and_examples).to_json())["runs"]
