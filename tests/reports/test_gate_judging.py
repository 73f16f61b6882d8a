"""What cannot be judged is never green; what is joined, and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.reports.export.gate_text import text
from tests.helpers.documents import END, backend, document, run, verdict
from tests.helpers.gate_documents import NAME, changes, compare_records, facts, gate, run_document

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Document, Outcome

ABSENT = run(environment="scipy", not_run="no wheel for this Python", started=None)
OTHER = "scipy.signal.fftconvolve"


def two(*names: str) -> Document:
    return document(*(run(backend(), verdict(), END, environment=name) for name in names))


UNJUDGED = {
    "no run at all": (document(), "the candidate holds no run"),
    "a run that did not take place": (document(ABSENT), "not run: no wheel for this Python"),
    "an interrupted run": (document(run(backend(), verdict())), "the run was interrupted"),
    "a run that broke off": (
        document(run(backend(), verdict(), END | {"exit": 3})), "the run ended with exit 3",
    ),
    "nothing but skips": (
        document(run(backend(), verdict(0, "unsupported"), END)), "nothing ran",
    ),
    "a backend that is missing": (
        document(run(backend(OTHER), verdict(0, of=OTHER), END)), f"{NAME} is not in the candidate",
    ),
    "a backend that was not installed": (
        document(run(backend(OTHER), verdict(0, of=OTHER),
                     backend(available=False, reason="needs scipy"), END)),
        "was not judged in the candidate (needs scipy)",
    ),
    "no case in common": (
        document(run(backend(), verdict(7), END)), "is in both documents with one definition",
    ),
    "another definition of every case": (
        document(run(backend(), verdict(definition="new"), END)), "renew the baseline",
    ),
    "two runs of one environment": (two("scipy", "scipy"), "holds 2 runs of scipy"),
    "an environment too many": (two("scipy", "torch"), "commit a baseline for torch"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNJUDGED)
def test_what_cannot_be_judged_is_exit_2_and_says_why(name: str) -> None:
    candidate, why = UNJUDGED[name]
    made = gate(run_document(), candidate)
    assert made.exit_code == 2
    assert any(why in reason for reason in made.unjudged), made.unjudged


def test_what_the_baseline_did_not_judge_is_no_regression() -> None:
    absent = backend(available=False, reason="AttributeError: set_float32_matmul_precision")
    numbers = range(149)
    baseline = document(run(absent, *(verdict(n, "not run") for n in numbers), END))
    made = gate(baseline, document(run(backend(), *(verdict(n, "failed") for n in numbers), END)))
    assert (made.exit_code, made.findings) == (2, [])
    (why,) = made.unjudged
    assert "nothing ran (AttributeError: set_float32_matmul_precision)" in why


def test_a_backend_that_only_the_candidate_judged_is_new() -> None:
    absent = backend(OTHER, available=False, reason="needs scipy")
    skipped, failed = verdict(0, "not run", of=OTHER), verdict(0, "failed", of=OTHER)
    made = compare_records([absent, skipped], [backend(OTHER), failed])
    assert (made.exit_code, changes(made)) == (0, [("new", OTHER)])
    assert made.notes[0].before == "not judged: needs scipy"


@pytest.mark.parametrize("name", [n for n in UNJUDGED if "run" in n and "environment" not in n])
def test_a_baseline_that_is_not_whole_is_exit_2_too(name: str) -> None:
    made = gate(UNJUDGED[name][0], run_document())
    assert made.exit_code == 2
    assert any("baseline" in reason for reason in made.unjudged)


def test_a_missing_environment_is_exit_2_and_still_listed_as_vanished() -> None:
    made = gate(two("scipy", "torch"), two("scipy"))
    assert made.exit_code == 2
    assert [(c.kind, c.environment) for c in made.findings] == [("vanished", "torch")]


def test_findings_are_exit_1_whatever_could_not_be_judged() -> None:
    broken: Any = two("scipy")
    broken["runs"][0]["records"][1] |= {"outcome": "crashed"}
    made = gate(two("scipy", "torch"), broken)
    assert made.exit_code == 1
    *_, last = text(made).splitlines()
    assert last.startswith("2 findings; 0 notes, 1 verdict compared; could not judge: environment")


def test_a_missing_backend_is_listed_as_vanished() -> None:
    made = gate(run_document(), UNJUDGED["a backend that is missing"][0])
    assert ("vanished", NAME) in changes(made)


@pytest.mark.parametrize(
    ("before", "after"), [(("scipy", "torch"), ("scipy",)), (("scipy",), ("scipy", "torch"))]
)
def test_only_common_leaves_out_what_one_side_lacks_and_says_so(
    before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    made = gate(two(*before), two(*after), only_common=True)
    assert (made.exit_code, [n.kind for n in made.notes]) == (0, ["environment not compared"])


def test_only_common_with_nothing_in_common_is_exit_2() -> None:
    made = gate(two("scipy", "jax"), two("torch"), only_common=True)
    assert (made.exit_code, made.unjudged) == (
        2, ["the documents have no backend in common; nothing was compared"],
    )  # fmt: skip


def test_two_documents_of_one_run_are_joined_whatever_their_environments() -> None:
    made = gate(two("scipy-old"), two("scipy-new"))
    assert (made.exit_code, made.joined) == (0, 1)


def test_documents_of_several_runs_are_joined_by_environment() -> None:
    before, after = two("a", "b"), two("b", "a")
    broken: Any = after["runs"][0]["records"]
    broken[1] |= {"outcome": "crashed"}
    assert [c.environment for c in gate(before, after).findings] == ["b"]


def test_a_case_with_another_definition_is_counted_and_not_joined() -> None:
    before, after = [verdict(1, definition="old", margin=0.01)], [verdict(1, margin=0.9)]
    made = compare_records(before, after)
    assert (made.joined, [n.kind for n in made.notes]) == (1, ["case redefined"])
    assert "renew the baseline" in made.notes[0].meaning


def test_a_redefined_case_that_fails_is_a_finding() -> None:
    made = compare_records([verdict(1, definition="old")], [verdict(1, "failed", symptom="value")])
    assert [c.kind for c in made.findings] == ["verdict regressed"]


def test_a_new_case_that_fails_is_a_finding() -> None:
    made = compare_records([], [verdict(1, "crashed")])
    assert [(c.kind, c.before) for c in made.findings] == [
        ("verdict regressed", "not in the baseline")
    ]


@pytest.mark.parametrize("outcome", ["unsupported", "refused", "measured", "not run"])
def test_a_case_that_was_not_judged_and_is_gone_is_noted(outcome: Outcome) -> None:
    made = compare_records([verdict(1, outcome)], [])
    assert (made.exit_code, [n.kind for n in made.notes]) == (0, ["no longer asked"])


def test_a_backend_that_is_new_is_noted() -> None:
    made = compare_records([], [backend(OTHER), verdict(5, of=OTHER)])
    assert (made.exit_code, changes(made)) == (0, [("new", OTHER)])


def test_what_failed_before_and_fails_alike_is_no_news() -> None:
    same = verdict(
        1, "failed", symptom="value", message="the error 1.5 exceeds the bound 1. It is."
    )
    other = same | {"message": "the error 1.7 exceeds the bound 1. It is."}
    failing = END | {"exit": 1}
    made = gate(document(run(same, failing)), document(run(other, failing)))
    assert (made.exit_code, changes(made)) == (0, [])


def test_the_cost_of_a_run_and_the_order_of_words_are_left_out_of_account() -> None:
    before = facts(cost={"calls": 1.0}, paddings=["same", "full"], bool="at 0x7f12ab34cd")
    after = facts(cost={"calls": 9.0}, paddings=["full", "same"], bool="at 0x7f99ab34cd")
    assert changes(compare_records(before, after)) == []


def test_shapes_that_look_like_addresses_are_compared() -> None:
    before, after = facts(layers={"answers": "0x4x6x7"}), facts(layers={"answers": "0x3x6x7"})
    assert changes(compare_records(before, after)) == [("fact changed", "layers.answers")]


def test_another_setting_is_noted() -> None:
    before = run_document()
    after = document(run(backend(settings={"threads": "2"}), verdict(), END))
    assert changes(gate(before, after)) == [("set up differently", "threads")]
