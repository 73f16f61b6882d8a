"""What the gate prints and writes: for people, programs, JUnit readers and GitHub."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conv2d_conformance.reports.export.gate_json_junit import as_json, junit
from conv2d_conformance.reports.export.gate_markdown import SHOWN, github, markdown
from conv2d_conformance.reports.export.gate_text import text
from tests.helpers.documents import END, document, run, verdict
from tests.helpers.gate_documents import NAME, compare_records, facts, gate, run_document

if TYPE_CHECKING:
    from conv2d_conformance.reports.gate import Comparison

MANY = range(1, 413)


def crashes() -> Comparison:
    return compare_records(map(verdict, MANY), [verdict(n, "crashed") for n in MANY])


def worded(words: str) -> Comparison:
    return compare_records(facts(boundary="zeros"), facts(boundary=words))


def test_the_same_change_of_many_cases_is_told_once() -> None:
    told = text(crashes())
    assert (
        "    412 cases of clause V1 (test_integers_are_exact), all with 2x4 kernels; "
        "the smallest: same/1x5-by-2x4/float32\n"
        "      passed -> crashed\n"
    ) in told
    assert told.count("crashed") == 1
    assert "Every case is named by --json." in told


def test_severity_kind_and_backend_stand_above_what_changed() -> None:
    assert text(worded("reflect")).startswith(
        f"wrong numbers, silently: fact changed\n  {NAME} (scipy)\n    boundary\n"
        "      zeros -> reflect\n"
    )


def test_the_last_line_is_the_verdict() -> None:
    assert text(compare_records([], [])) == "no finding; 0 notes, 1 verdict compared"
    assert text(crashes()).splitlines()[-1] == "412 findings; 0 notes, 413 verdicts compared"


def test_what_could_not_be_judged_is_the_last_line_and_every_reason_is_told() -> None:
    told = text(
        gate(run_document(), document(run(verdict()), run(END, environment="b")))
    ).splitlines()
    assert told[-1].startswith("could not judge: candidate, environment scipy: the run was interr")
    assert any("environment b: nothing ran" in line for line in told)


def test_the_json_is_complete() -> None:
    value = json.loads(as_json(crashes()))
    assert (value["exit"], len(value["findings"]), len(value["acknowledgements"])) == (1, 412, 1)
    assert value["findings"][0] | {"case": ""} == {
        "kind": "verdict regressed", "environment": "scipy", "backend": NAME, "before": "passed",
        "after": "crashed", "check": "test_integers_are_exact", "clause": "V1", "case": "",
        "fact": "", "times": None, "meaning": "the process ends where a result came before",
        "severity": "crash or hang",
    }  # fmt: skip


def totals(made: Comparison) -> tuple[str | None, ...]:
    root = ET.fromstring(junit(made))  # noqa: S314  (our own)
    return tuple(root.get(key) for key in ("tests", "failures", "errors"))


def test_a_finding_is_a_failure_in_junit_and_a_note_is_not() -> None:
    assert totals(worded("reflect")) == ("2", "1", "0")
    assert totals(compare_records([], [verdict(1)])) == ("1", "0", "0")


def test_what_could_not_be_judged_is_an_error_in_junit() -> None:
    assert totals(gate(run_document(), document())) == ("3", "1", "2")


@pytest.mark.parametrize("words", ["]]> & <b> \x00\x1b \ud800", "√\u2028\ufffe"])
def test_junit_is_well_formed_whatever_was_said(words: str) -> None:
    assert totals(worded(words))[1] == "1"


def test_pipes_and_markup_are_escaped_in_markdown() -> None:
    assert "a\\|b \\<script\\>" in markdown(worded("a|b <script>"))


def test_markdown_fits_a_job_page_and_says_that_it_was_cut() -> None:
    made = compare_records(facts(**{f"fact{n}": "a" for n in range(300)}),
              facts(**{f"fact{n}": "b" * 150 for n in range(300)}))  # fmt: skip
    page = markdown(made, 20_000)
    assert len(page.encode()) <= 20_000
    assert page.endswith("The rest did not fit; see the text or the JSON of the gate.\n")
    assert "did not fit" not in markdown(made)


def test_workflow_commands_are_escaped() -> None:
    made = worded("50%, a: b")
    assert github(made) == (
        f"::error title=wrong numbers%2C silently%3A fact changed%3A {NAME} (scipy)::boundary: "
        "zeros -> 50%25, a: b. what lies outside the image is now 50%25, a: b: results "
        "change at the border"
    )


def test_github_gets_no_more_than_it_shows() -> None:
    before = {f"fact{n}": "a" for n in range(30)}
    made = compare_records(facts(**before), facts(**dict.fromkeys(before, "b"), new=1))
    errors = [line for line in github(made).splitlines() if line.startswith("::error")]
    assert len(errors) == SHOWN
    assert errors[-1] == "::error title=gate::21 more; see the text that gate prints"


def test_github_gets_nothing_where_nothing_changed() -> None:
    assert github(compare_records([], [])) == ""


@given(st.text(), st.text())
def test_a_workflow_command_is_one_line_whatever_was_said(before: str, after: str) -> None:
    made = compare_records(facts(odd=before), facts(odd=after))
    assert len(github(made).split("\n")) == max(1, len(made.findings) + len(made.notes))


LEAVES = st.none() | st.booleans() | st.integers() | st.text()
KEYS = st.text(max_size=5)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_any_two_values_of_a_fact_can_be_compared_and_told(before: Any, after: Any) -> None:
    made = compare_records(facts(odd=before, precision=before), facts(odd=after, precision=after))
    for output in (text, as_json, junit, markdown, github):
        output(made).encode("utf-8", "replace")
