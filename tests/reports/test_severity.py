"""How bad a deviation is: by clause and symptom, by fact, and in what the gate says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.checks.clauses import CLAUSES
from conv2d_conformance.errors import SYMPTOMS
from conv2d_conformance.reports.document.severity import SEVERITIES, typed
from conv2d_conformance.reports.export.baseline import to_baseline
from conv2d_conformance.reports.export.gate_json_junit import as_json, junit
from conv2d_conformance.reports.export.gate_markdown import github, markdown
from conv2d_conformance.reports.export.gate_text import text
from conv2d_conformance.reports.gate.change import FINDINGS, Change, with_severity
from conv2d_conformance.reports.page.render import render_html
from conv2d_conformance.reports.tables.severity import (
    severity_of,
    severity_of_fact,
    severity_of_verdict,
)
from tests.helpers.documents import document, run, verdict
from tests.helpers.gate_documents import compare_records, facts, gate, run_document
from tests.helpers.html_page import Page

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.severity import Severity


@pytest.mark.parametrize(
    ("clause", "symptom", "severity"),
    [
        ("V1", "value", "wrong numbers, silently"),
        ("G2", "fact", "wrong numbers, silently"),
        ("S2", "shape", "wrong numbers, silently"),
        ("H1", "mutated input", "wrong numbers, silently"),
        ("H3", "stale output", "wrong numbers, silently"),
        ("V1", "crashed", "crash or hang"),
        ("B3", "timed out", "crash or hang"),
        ("R1", "unstable", "memory never written"),
        ("N1", "value", "loses or spreads NaN"),
        ("N2", "value", "loses or spreads NaN"),
        ("P1", "value", "lower precision than promised"),
        ("D1", "dtype", "lower precision than promised"),
        ("C1", "raised", "refuses what it should take"),
        ("L1", "raised", "refuses what it should take"),
        ("B4", "accepted bad input", "takes what it should refuse"),
        ("B5", "shape", "takes what it should refuse"),
        ("G5", "fact", "takes what it should refuse"),
        ("H4", "global state", "manners"),
    ],
)
def test_clause_and_symptom_give_the_severity(
    clause: str, symptom: str, severity: Severity
) -> None:
    assert severity_of(clause, symptom) == severity


@pytest.mark.parametrize(
    ("outcome", "severity"),
    [("crashed", "crash or hang"), ("timed out", "crash or hang"), ("unexpected pass", "manners")],
)
def test_an_outcome_goes_before_clause_and_symptom(outcome: Any, severity: Severity) -> None:
    assert severity_of("N1", "value", outcome) == severity


def test_every_clause_with_every_symptom_has_a_severity() -> None:
    found = {severity_of(clause, symptom) for clause in CLAUSES for symptom in SYMPTOMS}
    assert found == set(SEVERITIES)


@pytest.mark.parametrize(
    ("path", "before", "after", "severity"),
    [
        ("orientation", "correlation", "convolution", "wrong numbers, silently"),
        ("anchor.rows", "upper", "lower", "wrong numbers, silently"),
        ("anything.else", "a", "b", "wrong numbers, silently"),
        ("special_values.nan", "kept", "lost", "loses or spreads NaN"),
        ("output_dtypes.float64", "float64", "float32", "lower precision than promised"),
        ("refused_paddings", "none", "full", "refuses what it should take"),
        ("layers.answers.stride", "computes", "raised ValueError", "refuses what it should take"),
        ("dtypes", "float32, float64", "float32", "refuses what it should take"),
        ("dtypes", "float32", "float32, float64", "manners"),
        ("sums_exactly", "yes", "no", "lower precision than promised"),
        ("sums_exactly", "no", "yes", "manners"),
        ("layers.gradients", "yes", "no", "refuses what it should take"),
    ],
)
def test_a_fact_that_changed_has_a_severity(
    path: str, before: str, after: str, severity: Severity
) -> None:
    assert severity_of_fact(path, before, after) == severity


def test_what_a_record_declares_goes_before_what_is_derived() -> None:
    known = verdict(outcome="expected failure", symptom="value", severity="manners")
    assert severity_of_verdict(known) == "manners"


@pytest.mark.parametrize("kind", FINDINGS)
def test_a_finding_of_every_kind_has_a_severity(kind: Any) -> None:
    assert with_severity(Change(kind, "e", "b", "x", "y", "z")).severity in SEVERITIES


def test_a_note_has_no_severity() -> None:
    assert with_severity(Change("new", "e", "b", "x", "y", "z")).severity is None


def changed() -> Any:
    """A gate with a change of manners, whose kind comes first, and a wrong number."""
    before = [verdict(1), *facts(dtypes=["float32"])]
    after = [verdict(1, "failed", symptom="value"), *facts(dtypes=["float32", "float64"])]
    return before, after


def test_findings_come_worst_first() -> None:
    made = compare_records(*changed())
    assert [change.severity for change in made.findings] == ["wrong numbers, silently", "manners"]


def test_every_output_of_the_gate_says_how_bad_a_finding_is() -> None:
    made = compare_records(*changed())
    assert json.loads(as_json(made))["findings"][0]["severity"] == "wrong numbers, silently"
    for output in (text, markdown, junit, github):
        assert "wrong numbers, silently" in output(made).replace("%2C", ",")
    assert '<td class="bad">wrong numbers, silently</td>' in render_html(document(), (), made)


@pytest.mark.parametrize(("fail_on", "code"), [(None, 1), ("manners", 1), ("crash or hang", 0)])
def test_a_finding_below_the_limit_does_not_fail_the_gate(fail_on: Any, code: int) -> None:
    before, after = (run_document(*facts(dtypes=d)) for d in (["float32"], ["float32", "float64"]))
    made = gate(before, after, fail_on=fail_on)
    assert (len(made.findings), made.exit_code) == (1, code)


def test_a_gate_that_fails_on_less_says_what_it_only_lists() -> None:
    before, after = changed()
    made = gate(run_document(*before), run_document(*after), fail_on="wrong numbers, silently")
    said = "2 findings (1 less severe than “wrong numbers, silently”, listed only); "
    assert text(made).splitlines()[-1].startswith(said)


def test_a_baseline_keeps_what_a_record_declares() -> None:
    known = verdict(outcome="expected failure", symptom="value", severity="manners")
    kept = to_baseline(document(run(known)))["runs"][0]["records"][0]
    assert kept.get("severity") == "manners"


def test_the_page_says_how_bad_what_stands_behind_a_cell_is() -> None:
    page = Page(render_html(document(run(verdict(outcome="crashed")))))
    assert "1 crashed, crash or hang" in page.text


def test_a_severity_is_typed_without_blanks() -> None:
    assert typed("loses or spreads NaN") == "loses-or-spreads-nan"
