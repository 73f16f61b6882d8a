"""What a call does that declares nothing: shown with its words, and compared as a note."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.reports.export.markdown import job_page
from conv2d_conformance.reports.page.render import render_html
from tests.helpers.documents import verdict
from tests.helpers.gate_documents import changes, compare_records, run_document

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import VerdictRecord

WORDS = "takes an image of rank 3: gives float32 of shape (2, 5, 6)"


def measured_verdict(words: str = WORDS, symptom: str = "accepted bad input") -> VerdictRecord:
    reason = f"declares nothing; {words}"
    return verdict(1, "measured", clause="B1", reason=reason, symptom=symptom, margin=None)


def outcome(word: Any, **more: Any) -> VerdictRecord:
    return verdict(1, word, clause="B1", margin=None, **more)


OLD = outcome("refused", reason="declares nothing; conv2d(img, k): image-3d: gave float32")


@pytest.mark.parametrize("drawn", [render_html, job_page])
def test_the_words_are_shown(drawn: Any) -> None:
    text = html.unescape(str(drawn(run_document(measured_verdict()))))
    assert WORDS in text
    assert "1 refused" not in text


@pytest.mark.parametrize("before", [measured_verdict(), OLD])
def test_what_is_refused_now_is_noted(before: VerdictRecord) -> None:
    made = compare_records([before], [outcome("passed")])
    (note,) = made.notes
    assert (made.exit_code, note.kind, note.after) == (0, "measured otherwise", "passed")
    assert note.before.startswith("measured (")
    assert "the clause is met now" in note.meaning


def test_what_is_taken_now_is_noted_with_its_words() -> None:
    made = compare_records([outcome("passed")], [measured_verdict()])
    (note,) = made.notes
    assert (made.exit_code, note.kind) == (0, "measured otherwise")
    assert note.after == f"measured (accepted bad input: {WORDS})"
    assert "the clause was met before" in note.meaning


def test_another_answer_is_noted() -> None:
    made = compare_records(
        [measured_verdict()], [measured_verdict(WORDS.replace("float32", "float64"))]
    )
    assert [(n.kind, made.exit_code) for n in made.notes] == [("measured otherwise", 0)]


@pytest.mark.parametrize("before", [measured_verdict(), OLD])
def test_an_older_document_that_says_refused_means_the_same(before: VerdictRecord) -> None:
    assert changes(compare_records([before], [measured_verdict()])) == []


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (outcome("passed"), measured_verdict(symptom="dtype"), "verdict regressed"),
        (outcome("passed"), OLD, "verdict regressed"),
        (outcome("failed", symptom="dtype"), measured_verdict(symptom="dtype"), "vanished"),
        (measured_verdict(), outcome("failed", symptom="value"), "verdict regressed"),
        (measured_verdict(), outcome("crashed"), "verdict regressed"),
        (measured_verdict(), outcome("not run"), "vanished"),
        (measured_verdict(), outcome("unsupported", reason="no"), "newly unsupported"),
    ],
)
def test_what_may_not_change_freely_is_a_finding(
    before: VerdictRecord, after: VerdictRecord, kind: str
) -> None:
    assert [change.kind for change in compare_records([before], [after]).findings] == [kind]


@pytest.mark.parametrize(
    ("before", "kind"),
    [(outcome("refused", reason="no"), "no longer refused"), (outcome("not run"), "new"),
     (outcome("crashed"), "measured otherwise")],
)  # fmt: skip
def test_an_answer_where_there_was_none_is_noted(before: VerdictRecord, kind: str) -> None:
    made = compare_records([before], [measured_verdict()])
    assert (made.findings, [note.kind for note in made.notes]) == ([], [kind])
