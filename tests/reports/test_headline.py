"""The head of the page: what the document is, its verdict, and what is worth knowing first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.reports.page.changes import changes_of
from conv2d_conformance.reports.page.headline import Headline
from conv2d_conformance.reports.page.headline import headline as headline_of
from conv2d_conformance.reports.page.render import render_html
from conv2d_conformance.reports.tables.deviations import deviations
from conv2d_conformance.reports.tables.links import cell_place
from tests.browser.pages import full, full_page
from tests.helpers.documents import END, backend, document, fact, realistic, run, timing, verdict
from tests.helpers.gate_documents import NAME, compare_records, facts, gate, run_document
from tests.helpers.html_page import Page

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Document
    from conv2d_conformance.reports.page.changes import Changes

OTHER = "scipy.signal.correlate2d"


def known(number: int, reason: str, severity: Any, of: str = NAME) -> Any:
    told = {"reason": reason, "severity": severity, "symptom": "value"}
    return verdict(number, "expected failure", of, **told)


def headline(made: Document, changes: Changes | None = None) -> Headline:
    return headline_of(made, changes, deviations(made))


def titles(made: Document) -> list[str]:
    return [answer.title for answer in headline(made).answers]


def test_one_backend_is_named_with_its_version() -> None:
    made = document(run(backend(), verdict(), END))
    assert headline(made).subject == f"One backend: {NAME}, of scipy 1.17.1"


def test_several_runs_say_how_much_they_are() -> None:
    assert headline(realistic(5)).subject.startswith("Several runs together: 18 backends in 7 ")


def test_an_upgrade_names_both_versions() -> None:
    before = document(run(backend(versions={"scipy": "1.16.3"}), verdict(), END))
    made = gate(before, document(run(backend(), verdict(), END)))
    assert headline(realistic(5), changes_of(made)).subject == "An upgrade: scipy 1.16.3 → 1.17.1"


def test_the_worst_comes_first_and_one_cause_once() -> None:
    records = [
        known(1, "it draws", "manners"),
        known(2, "it drops small elements", "wrong numbers, silently"),
        known(3, "it drops small elements", "wrong numbers, silently", OTHER),
        verdict(4, "crashed"),
    ]
    made = document(run(backend(), backend(OTHER), *records, END))
    assert titles(made) == ["Wrong numbers, silently", "Crash or hang"]
    part = headline(made).answers[0].parts[0]
    assert part.names == (NAME, OTHER)
    assert part.words == "it drops small elements (2 expected failures)"


def test_what_nobody_expected_goes_before_what_is_known() -> None:
    records = [known(1, "known", "crash or hang"), verdict(2, "crashed")]
    found = deviations(document(run(backend(), *records, END)))
    assert [one.expected for one in found] == [False, True]


def test_failures_with_one_diagnosis_are_one_cause() -> None:
    said = "the error 3 exceeds the bound 1 It equals the flipped one."
    records = [verdict(n, "failed", symptom="value", message=said) for n in range(3)]
    records.append(verdict(4, "failed", symptom="value", message=said, clause="V2"))
    (found,) = deviations(document(run(backend(), *records, END)))
    assert (found.cause, found.count) == ("It equals the flipped one.", 4)


def test_nothing_dangerous_is_said_only_where_something_ran() -> None:
    assert titles(document(run(backend(), verdict(), END))) == ["No dangerous deviation"]
    assert titles(document(run(backend(), END))) == ["What was not run"]


def test_who_flips_and_who_anchors_where_is_told() -> None:
    records = [fact("orientation", "convolution"), fact("orientation", "correlation", OTHER)]
    records.append(fact("anchor", {"rows": "upper", "columns": "upper"}))
    made = document(run(backend(), backend(OTHER), verdict(), *records, END))
    flips, anchors = headline(made).answers[1:3]
    assert [part.names for part in flips.parts] == [(NAME,), (OTHER,)]
    assert [part.names for part in anchors.parts] == [(NAME,)]


def test_the_ranking_is_at_the_size_that_most_were_timed_at() -> None:
    big: Any = {"case": "same/512", "img": [512, 512], "kernel": [9, 9]}
    records = [timing(NAME, 1.0), timing(OTHER, 3.0), timing(NAME, 9.0, **big)]
    made = document(run(backend(), backend(OTHER), verdict(), *records, END))
    (speed,) = [one for one in headline(made).answers if one.place == "timings"]
    assert [(part.names, part.words) for part in speed.parts] == [
        ((NAME,), "1 s"),
        ((OTHER,), "3 times that"),
    ]


def test_an_upgrade_tells_its_causes_the_worst_first() -> None:
    before = [verdict(1), verdict(2), *facts(dtypes=["float32"])]
    after = [verdict(n, "failed", symptom="value") for n in (1, 2)]
    made = compare_records(before, [*after, *facts(dtypes=["float32", "float64"])])
    head = headline(run_document(), changes_of(made))
    assert [one.title for one in head.answers] == ["Wrong numbers, silently", "Manners"]
    assert head.verdict.startswith("2 changes to look at, the worst: “wrong")
    assert head.status == "fails"


def test_an_upgrade_that_could_not_be_judged_is_not_green() -> None:
    made = gate(run_document(), document(run(verdict()), run(END, environment="b")))
    head = headline(run_document(), changes_of(made))
    assert head.status != "conforms"
    assert "could not be judged" in head.verdict
    assert head.answers[-1].title == "What could not be judged"


def test_an_upgrade_without_a_finding_says_that_nothing_became_worse() -> None:
    head = headline(run_document(), changes_of(compare_records([], [])))
    assert head.verdict == "Nothing became worse."


def test_what_an_upgrade_mends_is_told() -> None:
    made = compare_records([verdict(1, "failed", symptom="value")], [verdict(1)])
    assert [one.title for one in headline(run_document(), changes_of(made)).answers] == ["Fixed"]


def test_every_cause_stands_in_a_table_with_a_link_to_its_cell() -> None:
    page = Page(render_html(document(run(backend(), known(1, "it draws", "manners"), END))))
    assert "it draws" in page.text
    assert f"#{cell_place(NAME, 'V1')}" in page.values("href")


@pytest.mark.parametrize("made", [realistic(60), full()])
def test_there_are_three_to_seven_answers(made: Document) -> None:
    assert 3 <= len(headline(made).answers) <= 7


def test_the_question_is_a_link_away() -> None:
    page = Page(full_page())
    assert "Numbers differ? Start here" in page.text
    assert "#question" in page.values("href")


def test_every_answer_leads_somewhere() -> None:
    for html in (full_page(), render_html(full())):
        page = Page(html)
        wanted = {link[1:] for link in page.values("href") if link.startswith("#")}
        assert wanted <= set(page.values("id"))
