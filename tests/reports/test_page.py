"""What the page carries for its scripts, and what it says of precision, speed and changes."""

from __future__ import annotations

import base64
import gzip
import json
import time
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.reports.export.junit import junit
from conv2d_conformance.reports.export.markdown import job_page
from conv2d_conformance.reports.gate.compare import compare
from conv2d_conformance.reports.page.example import work_answers
from conv2d_conformance.reports.page.precision import precision_rows
from conv2d_conformance.reports.page.records import packed_records
from conv2d_conformance.reports.page.render import render_html
from conv2d_conformance.reports.page.speed import fastest, points
from conv2d_conformance.reports.tables.links import slug
from conv2d_conformance.translation.worked_example import example
from tests.helpers.documents import END, backend, document, fact, realistic, run, timing, verdict
from tests.helpers.html_page import Page

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Document
    from conv2d_conformance.reports.document.sample import Sample
    from conv2d_conformance.reports.page.translations import Translation

NAME = "scipy.signal.convolve2d"
SAMPLE: Sample = {
    "of": "",
    "shape": [2, 2],
    "corner": [0, 0],
    "worst": [0, 1],
    "expected": ["1 2", "3 4"],
    "got": ["1 nan", "3 4"],
    "difference": ["0 nan", "0 0"],
}


def unpacked(document: Document, room: int = 900_000) -> Any:
    return json.loads(gzip.decompress(base64.b64decode(packed_records(document, room))))


def bits(kept: int, computed: str, grade: str = "componentwise") -> Any:
    found = {"operand_bits": kept, "accumulator_bits": None, "class": computed, "grade": grade}
    return fact("precision", {"float32": {**found, "family": "direct"}})


def test_every_record_is_on_the_page() -> None:
    data = unpacked(realistic(50))
    told = sum(group[6] for cell in data["cells"].values() for group in cell)
    named = sum(sum(group[8][1::2]) for cell in data["cells"].values() for group in cell)
    assert told == named == 50 * 17


def test_a_sample_travels_with_its_record() -> None:
    made = document(run(verdict(outcome="failed", sample=SAMPLE), END))
    data = unpacked(made)
    (group,) = data["cells"][f"backend/{NAME}/V1"]
    assert data["samples"][group[10]["0"][3]] == SAMPLE


def test_where_room_is_short_records_are_counted_and_not_named() -> None:
    made = document(run(*(verdict(number) for number in range(5000)), END))
    (group,) = unpacked(made, 300)["cells"][f"backend/{NAME}/V1"]
    assert (group[6], group[8]) == (5000, [])


def test_a_plain_name_is_its_own_link() -> None:
    assert slug("torch.nn.functional.conv2d-compile") == "torch.nn.functional.conv2d-compile"


@pytest.mark.parametrize("name", ["a b", "a/b", "<b>", "\u202eabc", "x" * 300, "", "a-"])
def test_a_link_holds_no_character_that_needs_care_and_is_no_others(name: str) -> None:
    assert slug(name).isascii()
    assert len(slug(name)) < 100
    assert slug(name) not in {slug("a-b"), slug("abc"), slug("x" * 299)}


def test_a_call_that_computes_in_less_is_named_first() -> None:
    made = Page(render_html(document(run(backend(), bits(11, "tf32", "lowered"), END))))
    assert f"Computed in less than their dtype: {NAME}: float32 computed as tf32" in made.text


def test_the_rounding_of_an_fft_lowers_nothing() -> None:
    (row,) = precision_rows(document(run(backend(), bits(22, "float32", "norm-wise"), END)))
    assert (row.lowered, row.rounded) == (False, True)


def test_the_worst_margin_is_of_what_passed_in_that_dtype() -> None:
    passed = [verdict(n, margin=n / 10, case=f"same/{n}/float32") for n in range(5)]
    other = verdict(8, margin=0.9, case="same/8/float64")
    (row,) = precision_rows(document(run(backend(), bits(24, "float32"), *passed, other, END)))
    assert row.margin == 0.4


def test_the_fastest_at_a_size_is_named_with_those_within_its_spread() -> None:
    times = timing("a", 1.0), timing("b", 1.02), timing("c", 3.0), timing("d", 3.0, iqr=9.0)
    (group,) = fastest(document(run(*times)))
    best = group.rows["512×512"]["3×3"]
    assert (best.label, best.time, best.near) == ("a", "1 s", ("b",))


def test_throughput_counts_the_multiplications_of_a_direct_sum() -> None:
    (point,) = points(document(run(timing("a", 2.0))))
    assert point["rate"] == float(f"{512 * 512 * 9 / 2:.4g}")


def test_the_questions_example_is_worked_with_what_was_measured() -> None:
    made = document(run(backend(), fact("orientation", "convolution"), END))
    wanted, rotated, transposed = work_answers(example(), made)
    assert (wanted.off, round(rotated.off, 1), round(transposed.off, 1)) == (0, 5.0, 1.4)
    assert (wanted.calls, rotated.calls, transposed.calls) == ((), (NAME,), ())


def test_a_question_without_translations_says_what_to_run() -> None:
    text = Page(render_html(realistic(5), example=example())).text
    assert "python -m conv2d_conformance explain A B writes it for every other pair" in text


def test_translations_are_carried_and_not_spelled_out() -> None:
    one: Translation = {
        "of": ["a"], "to": "b", "padding": "same", "kernel": "even",
        "code": "</script>", "why": None,
    }  # fmt: skip
    page = Page(render_html(realistic(5), [one]))
    assert "data-picker" in page.values("id")
    assert "picker" in page.values("id")


def test_what_changed_since_a_baseline_is_told() -> None:
    was = document(run(backend(), verdict(), END))
    now = document(run(backend(), verdict(outcome="failed", symptom="value"), END))
    made = Page(render_html(now, changes=compare(was, now, today=date(2025, 1, 1))))
    assert "verdict regressed" in made.text
    assert "#changes" in made.values("href")


def test_junit_has_a_test_for_each_verdict_and_an_error_for_what_did_not_run() -> None:
    from junitparser import JUnitXml

    whole = JUnitXml.fromstring(junit(realistic(20)))
    assert whole.tests > 20 * 17
    assert whole.errors == sum(
        case.name in ("was run", "the run came to its end") for suite in whole for case in suite
    )


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [("failed", "failures"), ("unexpected pass", "failures"), ("crashed", "errors"),
     ("timed out", "errors"), ("expected failure", "skipped"), ("not run", "skipped"),
     ("refused", "skipped"), ("measured", "skipped")],
)  # fmt: skip
def test_no_outcome_but_passed_passes_in_junit(outcome: Any, kind: str) -> None:
    from junitparser import JUnitXml

    made = document(run(backend(), verdict(1), verdict(2, outcome, message="\x00 <&"), END))
    (suite,) = JUnitXml.fromstring(junit(made))
    assert (suite.tests >= 2, getattr(suite, kind)) == (True, 1)


def test_the_page_of_a_job_tells_failures_with_their_command() -> None:
    failed = verdict(outcome="failed", symptom="value", message="off by | one")
    text = job_page(document(run(backend(), failed, END)))
    assert "### Failures" in text
    assert f"pytest conformance --backend {NAME} -k same/0x5" in text


def test_the_page_of_a_job_fits_and_says_what_it_left_out() -> None:
    text = job_page(realistic(50), limit=1000)
    assert len(text.encode()) <= 1000
    assert text.endswith("it is in the report and in the results document.\n")


def test_junit_of_ten_thousand_verdicts_takes_seconds() -> None:
    made = document(run(*(verdict(number) for number in range(10_000)), END))
    began = time.process_time()
    junit(made)
    assert time.process_time() - began < 10
