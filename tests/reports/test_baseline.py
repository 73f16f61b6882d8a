"""What is committed of a run: no noise, a stable order, and all that the gate needs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conv2d_conformance.reports.document.files import load, save
from conv2d_conformance.reports.export.baseline import to_baseline
from conv2d_conformance.reports.page.render import render_html
from conv2d_conformance.reports.tables.symptoms import diagnosis, refusal, steady
from tests.helpers.documents import MESSAGE, backend, document, realistic, run, timing, verdict
from tests.helpers.gate_documents import (
    NAME,
    changes,
    copied,
    facts,
    gate,
    margin_verdicts,
    run_document,
)

if TYPE_CHECKING:
    from pathlib import Path

    from conv2d_conformance.reports.document.model import Document

NOISY = run_document(
    *facts(orientation="convolution", cost={"calls": 1.0}, bool="refused: at 0x7f00deadbeef"),
    verdict(1, "failed", symptom="value", message=MESSAGE, margin=312.26),
    verdict(2, "refused", reason="the call raised ValueError: see /home/me/x.py", margin=None),
    timing(NAME, 1e-3),
)


def again(value: Document) -> Document:
    """The same, run again: other times, durations, places and addresses; another order."""
    text = json.dumps(value)
    for old, new in (("10:00", "11:00"), ("7f00dead", "7f11dead"), ("/home/me", "/home/you/z"),
                     ("0.01", "0.02"), ("312.26", "312.31")):  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    made: Document = json.loads(text)
    made["runs"][0]["records"][:-1] = made["runs"][0]["records"][-2::-1]
    return made


def bytes_of(value: Document, path: Path) -> bytes:
    save(to_baseline(value), path, brief=True)
    return path.read_bytes()


def test_two_runs_of_the_same_calls_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (bytes_of(value, tmp_path / "b.json") for value in (NOISY, again(NOISY)))
    assert first == second


def test_one_verdict_changes_one_line(tmp_path: Path) -> None:
    other = copied(NOISY)
    broken: Any = other["runs"][0]["records"][1]
    broken["outcome"] = "crashed"
    first, second = (
        set(bytes_of(value, tmp_path / "b.json").splitlines()) for value in (NOISY, other)
    )
    assert len(first - second) == len(second - first) == 1


@pytest.mark.parametrize("made", [NOISY, realistic(60)], ids=["noisy", "realistic"])
def test_a_baseline_is_loaded_as_it_was_saved_and_is_its_own_baseline(
    tmp_path: Path, made: Document
) -> None:
    baseline = to_baseline(made)
    save(baseline, tmp_path / "b.json", brief=True)
    assert load(tmp_path / "b.json") == baseline == to_baseline(baseline)


def test_a_run_compared_with_its_own_baseline_shows_nothing() -> None:
    made = copied(NOISY)
    made["runs"][0]["records"].pop(5)  # the failure, that the run may end well
    for before, after in ((to_baseline(made), made), (made, to_baseline(made))):
        told = [c for c in changes(gate(before, after)) if c[0] != "vanished"]
        assert told == []


def test_a_baseline_without_times_misses_no_time() -> None:
    made = run_document(timing(NAME, 1e-3), verdict(3, clause="T1"))
    made["runs"][0]["clauses"][0] |= {"id": "T1", "section": "timing"}
    assert changes(gate(to_baseline(made), made)) == []


def test_a_timed_call_that_fails_stays_in_the_baseline() -> None:
    made = run_document(verdict(3, "failed", clause="T1", symptom="value"))
    made["runs"][0]["clauses"][0] |= {"id": "T1", "section": "timing"}
    kept = [r["case"] for r in to_baseline(made)["runs"][0]["records"] if r["kind"] == "verdict"]
    assert "same/3x5-by-2x4/float32" in kept


def test_paths_addresses_and_durations_are_not_committed(tmp_path: Path) -> None:
    text = bytes_of(NOISY, tmp_path / "b.json").decode()
    for noise in ("/home", "deadbeef", "pytest conformance", "2025-11", "cost", '"seconds"'):
        assert noise not in text


def test_the_reason_of_an_expected_failure_is_kept_as_it_is_declared() -> None:
    reason = "drops kernel elements below 2.2e-16, fixed in TensorFlow 2.4.4"
    made = run_document(verdict(3, "expected failure", symptom="value", reason=reason))
    assert [r["reason"] for r in to_baseline(made)["runs"][0]["records"] if "reason" in r][-1] == (
        reason
    )


def test_a_page_can_be_drawn_from_a_baseline() -> None:
    assert "scipy.signal.convolve2d" in render_html(to_baseline(realistic(20)))


def test_a_baseline_is_less_than_half_its_document(tmp_path: Path) -> None:
    made = document(
        run(backend(), *margin_verdicts({("c", f"same/{n}x9"): 0.123 for n in range(500)}))
    )
    save(made, tmp_path / "whole.json")
    assert 2 * len(bytes_of(made, tmp_path / "b.json")) < (tmp_path / "whole.json").stat().st_size


@pytest.mark.slow
@given(st.text(alphabet="ab /.:0123456789ex-√\n") | st.text(), st.integers(1, 20))
def test_words_that_were_made_steady_stay_as_they_are(text: str, times: int) -> None:
    for made in (steady, refusal, diagnosis):
        assert made(made(times * text)) == made(times * text)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (MESSAGE, "looks like the reference shifted by (0, 1)"),
        ("call raised ValueError: no 1.5", "raised ValueError"),
        ("the error 1.02 exceeds the bound 3e-06. It equals the reference shifted by (0, 1).",
         "It equals the reference shifted by (0, 1)."),
        ("the error 1 exceeds the bound 0. The error is TF32-like: 1.2e-4 of |img| ⋆ |k|.",
         "The error is TF32-like: … of |img| ⋆ |k|."),
        (None, ""),
    ],
)  # fmt: skip
def test_a_diagnosis_is_what_two_runs_of_one_defect_share(message: str | None, told: str) -> None:
    assert diagnosis(message).endswith(told)
