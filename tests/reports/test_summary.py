"""Verdicts in words: what did not run is never green."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest

from conv2d_conformance.reports.document.model import Outcome
from conv2d_conformance.reports.tables.summary import (
    FAILING,
    WORST_FIRST,
    cells,
    overall,
    summarise,
    worse_margin,
)
from tests.helpers.documents import END, backend, document, run, verdict

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Record, Run


def _run(*outcomes: Outcome, closing: bool = True, **changes: Any) -> Run:
    records: list[Record] = [backend()]
    records += [verdict(number, outcome) for number, outcome in enumerate(outcomes)]
    return run(*records, *([END] if closing else []), **changes)


@pytest.mark.parametrize(
    ("made", "status", "sentence"),
    [
        (_run("passed", "passed"), "conforms", "conforms"),
        (_run("passed", "unsupported"), "conforms", "conforms"),
        (_run("passed", "expected failure"), "conforms", "conforms, with 1 expected failure"),
        (_run("passed", "failed", "unsupported"), "fails", "fails 1 of 2 checks"),
        (_run("passed", "not run"), "incomplete", "incomplete: 1 of 2 checks did not run"),
        (_run("not run", "unsupported"), "not run", "nothing ran (1 not run and 1 unsupported)"),
        (_run(), "not run", "nothing ran"),
        (
            _run("passed", closing=False),
            "incomplete",
            "1 check without a failure, yet the run was interrupted",
        ),
        (
            _run("failed", closing=False),
            "fails",
            "fails 1 of 1 check; the run was interrupted",
        ),
        (run(END), "not run", "nothing ran"),
        (run(not_run="pip failed"), "not run", "not run: pip failed"),
        (
            run(backend(available=False, reason="needs torch"), END),
            "not run",
            "not run: needs torch",
        ),
        (
            run(backend(), verdict(), END | {"exit": 3}),
            "incomplete",
            "1 check without a failure, yet the run ended with exit 3",
        ),
        (
            run(backend(), verdict(), END | {"exit": 1}),
            "incomplete",
            "1 check without a failure, yet the run ended with exit 1",
        ),
    ],
)
def test_a_verdict_says_in_words_what_happened(made: Run, status: str, sentence: str) -> None:
    (line,) = summarise(document(made))
    assert (line.status, line.sentence) == (status, sentence)


@pytest.mark.parametrize("outcome", sorted(FAILING))
def test_every_kind_of_failure_counts_as_one(outcome: Outcome) -> None:
    (line,) = summarise(document(_run("passed", outcome)))
    assert line.sentence == "fails 1 of 2 checks"


@pytest.mark.parametrize("made", [document(), document(run(END)), document(_run("unsupported"))])
def test_a_document_in_which_nothing_ran_does_not_conform(made: Any) -> None:
    assert overall(made) == ("not run", "Nothing ran: no backend has a verdict.")


def test_a_missing_environment_keeps_the_whole_from_conforming() -> None:
    made = document(_run("passed"), run(environment="torch", not_run="no document"))
    assert overall(made) == ("incomplete", "Of 1 backend, 1 conforms; 1 environment did not run.")


def test_one_failing_backend_fails_the_whole() -> None:
    made = document(_run("passed"), _run("failed", environment="oldest"))
    assert overall(made) == ("fails", "Of 2 backends, 1 conforms and 1 fails.")


def test_what_conforms_only_by_its_expected_failures_is_counted_in_the_headline() -> None:
    made = document(_run("passed"), _run("passed", "expected failure", environment="oldest"))
    assert overall(made)[1] == "Of 2 backends, 2 conform (1 with expected failures)."


def test_a_cell_holds_its_counts_its_worst_outcome_and_its_worst_margin() -> None:
    made = document(run(verdict(1, margin=0.5), verdict(2, "failed", margin=12), verdict(3)))
    cell = cells(made)["scipy", "scipy.signal.convolve2d"]["V1"]
    assert (cell.counts, cell.worst, cell.margin) == ({"passed": 2, "failed": 1}, "failed", 12.0)


@pytest.mark.parametrize("order", [(0.5, "nan", 3.0), ("nan", "inf"), ("inf", "nan")])
def test_no_margin_is_worse_than_nan(order: tuple[Any, ...]) -> None:
    held: float | None = None
    for margin in order:
        held = worse_margin(held, margin)
    assert str(held) == "nan"


def test_every_outcome_has_its_place_among_the_worst() -> None:
    assert sorted(WORST_FIRST) == sorted(get_args(Outcome))
