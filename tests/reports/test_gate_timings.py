"""Times: pairs of calls decide; two runs are compared only on one machine, and then hardly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conv2d_conformance.reports.gate.grouping import group_changes
from conv2d_conformance.reports.page.render import render_html
from tests.helpers.documents import timing
from tests.helpers.gate_documents import NAME, changes, compare_records, gate, run_document

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import LeftOutRecord, RatioRecord, TimingRecord


def timed(median: float, **others: Any) -> TimingRecord:
    return timing(NAME, median, **others)


def ratio(times: float, *, slower: bool, of: str = NAME) -> RatioRecord:
    return {
        "kind": "ratio", "backend": of, "case": "photo", "ratio": times, "low": times - 0.03,
        "high": times + 0.03, "level": 0.95, "pairs": 40, "confirmed": True, "slower": slower,
        "against": "scipy 1.16.3",
    }  # fmt: skip


LEFT_OUT: LeftOutRecord = {
    "kind": "left out", "backend": NAME, "case": "photo",
    "reason": "5 calls would take about 2.1 s of 2 s",
}  # fmt: skip


def test_a_call_that_is_grossly_slower_is_noted_without_pairs() -> None:
    made = compare_records([timed(1e-3)], [timed(4e-3)])
    assert (made.exit_code, changes(made)) == (0, [("perhaps slower", "photo")])
    assert "4 times as long" in made.notes[0].meaning


def test_a_run_beside_other_work_is_no_finding() -> None:
    # Two runs of torch.nn.functional.conv2d of PyTorch 2.13.0, on one machine.
    idle = timed(2.2e-5, iqr=3.8e-7, min=2.18e-5)
    assert compare_records([idle], [timed(7.99e-3, iqr=1e-5, min=4.74e-3)]).exit_code == 0


@pytest.mark.parametrize("times", [0.5, 1.0, 1.5, 2.7])
def test_less_than_that_two_runs_cannot_tell(times: float) -> None:
    assert changes(compare_records([timed(1e-3)], [timed(times * 1e-3)])) == []


def test_a_call_whose_times_scatter_widely_is_not_even_noted() -> None:
    assert changes(compare_records([timed(1e-3, iqr=2e-3)], [timed(4e-3)])) == []


def test_a_call_that_is_grossly_faster_is_noted() -> None:
    assert changes(compare_records([timed(4e-3)], [timed(1e-3)])) == [("faster", "photo")]


@pytest.mark.parametrize(
    ("key", "value"),
    [("python", "3.11.8"), ("cpu", "another"), ("cpu_flags", ["avx2"]), ("threads", "64"),
     ("platform", "Linux-6.9"), ("machine", "arm64"), ("accelerator", "H100")],
)  # fmt: skip
def test_times_of_two_machines_are_refused_and_the_difference_named(key: str, value: Any) -> None:
    before, after = run_document(timed(1e-3)), run_document(timed(9e-3))
    fingerprint: Any = after["runs"][0]["fingerprint"]
    fingerprint[key] = value
    made = gate(before, after)
    assert (made.exit_code, [n.kind for n in made.notes]) == (0, ["timings not compared"])
    assert f"{key} differs" in made.notes[0].meaning


def test_other_packages_are_what_is_under_test() -> None:
    before, after = run_document(timed(1e-3)), run_document(timed(9e-3))
    fingerprint: Any = after["runs"][0]["fingerprint"]
    fingerprint["packages"] = {"scipy": "2.0"}
    assert changes(gate(before, after)) == [("perhaps slower", "photo")]


def test_a_pair_that_is_slower_is_a_finding_on_any_machine() -> None:
    after = run_document(ratio(1.2, slower=True), fingerprint=None)
    made = gate(run_document(), after)
    assert changes(made) == [("slower", "photo")]
    assert (made.findings[0].before, made.findings[0].after) == (
        "time of scipy 1.16.3", "1.2 times that (1.17 to 1.23, 40 pairs of calls)",
    )  # fmt: skip


def test_a_pair_that_is_faster_is_noted_and_an_equal_one_is_no_news() -> None:
    assert changes(compare_records([], [ratio(0.8, slower=False)])) == [("faster", "photo")]
    assert changes(compare_records([], [ratio(1.01, slower=False)])) == []


def test_where_there_are_pairs_the_times_of_two_runs_are_ignored() -> None:
    assert changes(compare_records([timed(1e-3)], [timed(9e-3), ratio(1.0, slower=False)])) == []


def test_a_size_that_no_pair_of_several_timed_is_noted() -> None:
    other: RatioRecord = {**ratio(1.0, slower=False), "case": "other"}
    assert changes(compare_records([timed(1e-3)], [LEFT_OUT, other])) == [
        ("timings not compared", "photo")
    ]


def test_a_timing_that_is_gone_has_vanished() -> None:
    assert changes(compare_records([timed(1e-3)], [])) == [("vanished", "photo")]


def test_a_timing_that_outran_its_budget_this_time_is_noted() -> None:
    assert changes(compare_records([timed(1e-3)], [LEFT_OUT])) == [
        ("timings not compared", "photo")
    ]


def test_a_baseline_without_times_misses_none() -> None:
    assert changes(compare_records([], [timed(1e-3)])) == []


def test_the_page_is_drawn_from_a_document_with_pairs() -> None:
    page = render_html(run_document(ratio(1.2, slower=True)))
    assert page == render_html(run_document())


@given(st.floats(1e-6, 1), st.floats(0.4, 2.5), st.floats(0, 1), st.floats(0, 1))
def test_what_two_runs_of_the_same_thing_differ_by_is_no_finding(
    median: float, times: float, spread: float, least: float
) -> None:
    before = timed(median, iqr=spread * median)
    after = timed(times * median, min=least * times * median)
    assert compare_records([before], [after]).findings == []
    assert "perhaps slower" not in {kind for kind, _ in changes(compare_records([before], [after]))}


def sized(times: dict[str, float], slower: float = 1.1) -> list[Any]:
    return [{**ratio(t, slower=t > slower), "case": case} for case, t in times.items()]


LADDER = {f"same/{n}x{n}-by-{k}x{k}/float32": n * k / 20 for n in (8, 32, 64) for k in (3, 5, 7)}


def test_sizes_of_one_call_that_are_slower_are_one_finding() -> None:
    (said,) = group_changes((made := compare_records([], sized(LADDER))).findings, made.compared)
    assert (said.subject, said.after, said.meaning) == (
        "all 9 sizes", "1.2 to 22.4 times that, 8 in the median",
        "calls of these sizes are slower",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("slower", "subject"),
    [
        (1.3, "all 9 sizes but same/8x8-by-3x3/float32"),
        (7.0, "5 of 9 sizes; the smallest: same/32x32-by-5x5/float32"),
        (15.0, "2 of 9 sizes: same/64x64-by-5x5/float32, same/64x64-by-7x7/float32"),
    ],
)
def test_the_sizes_that_are_slower_are_named_in_few_words(slower: float, subject: str) -> None:
    made = compare_records([], sized(LADDER, slower))
    (said,) = group_changes(made.findings, made.compared)
    assert said.subject == subject
