"""Margins that move: another order of the same sums is a note, a digit lost is a finding."""

from __future__ import annotations

import math
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conv2d_conformance.reports.gate.numerics import FEWEST, HALF_A_DIGIT, VISIBLE
from tests.helpers.gate_documents import (
    changes,
    compare_records,
    facts,
    gate,
    margin_verdicts,
    margins,
    run_document,
)

if TYPE_CHECKING:
    from conv2d_conformance.reports.gate import Comparison

Margins = dict[tuple[str, str], float]
MARGINS = margins()
REAL = "test_real_data_stay_within_the_error_bound"
# They add float32 products up in double; every other call, in the operands' own format.
WIDER = ("scipy.ndimage", "textbook")
ORDERS = [
    (a, b)
    for a, b in permutations(MARGINS, 2)
    if a.startswith(WIDER) == b.startswith(WIDER) and MARGINS[a].keys() & MARGINS[b].keys()
]
OTHER_ORDER = {"numerics reordered", "more precise"}


def joined(a: Margins, b: Margins) -> Comparison:
    both = sorted(a.keys() & b.keys())
    return compare_records(
        margin_verdicts({k: a[k] for k in both}), margin_verdicts({k: b[k] for k in both})
    )


@pytest.mark.parametrize(("a", "b"), ORDERS)
def test_no_order_of_the_same_sums_is_a_finding(a: str, b: str) -> None:
    made = joined(MARGINS[a], MARGINS[b])
    assert made.findings == []
    assert {kind for kind, _ in changes(made)} <= OTHER_ORDER


def test_there_is_something_to_be_told_of_most_orders() -> None:
    told = sum(bool(joined(MARGINS[a], MARGINS[b]).notes) for a, b in ORDERS)
    assert told > 0.8 * len(ORDERS)


@pytest.mark.parametrize("name", MARGINS)
def test_a_digit_lost_below_the_bound_is_a_finding(name: str) -> None:
    worse = {key: min(10 * margin, 0.99) for key, margin in MARGINS[name].items()}
    made = joined(MARGINS[name], worse)
    assert {change.kind for change in made.findings} == {"numerics moved while passing"}
    assert made.exit_code == 1


@pytest.mark.parametrize("name", [n for n in MARGINS if n.startswith(WIDER)])
def test_partial_sums_in_a_shorter_format_are_a_finding(name: str) -> None:
    shorter = MARGINS["torch.nn.Conv2d"]
    lost = [change for change in joined(MARGINS[name], shorter).findings if change.check == REAL]
    assert "float32" in {change.case for change in lost}


@pytest.mark.parametrize("name", MARGINS)
def test_the_same_margins_are_no_news(name: str) -> None:
    assert changes(joined(MARGINS[name], MARGINS[name])) == []


def family(*values: float) -> list[Any]:
    return margin_verdicts({("test_real", f"same/{n}x9/float32"): v for n, v in enumerate(values)})


def test_an_error_ten_times_as_large_in_one_case_is_a_finding() -> None:
    made = compare_records(family(0.03, 0.2), family(0.3, 0.2))
    assert changes(made) == [("numerics moved while passing", "same/0x9/float32")]
    assert (made.findings[0].before, made.findings[0].after) == (
        "error 0.03 of its bound",
        "0.3 of it",
    )


def test_an_error_where_there_was_none_is_a_finding_once_it_is_visible() -> None:
    assert (
        changes(compare_records(family(0.0), family(0.2)))[0][0] == "numerics moved while passing"
    )
    assert changes(compare_records(family(0.0), family(0.02)))[0][0] == "numerics reordered"


def test_digits_gained_are_a_note() -> None:
    made = compare_records(family(*[0.5] * 6), family(*[0.05] * 6))
    assert (made.exit_code, changes(made)) == (0, [("more precise", "float32")])


def test_what_a_rounding_to_two_digits_hides_did_not_move() -> None:
    assert changes(compare_records(family(0.12), family(0.1234))) == []


@pytest.mark.parametrize("margin", [None, "nan", "inf"])
def test_a_margin_that_is_no_number_is_left_out(margin: Any) -> None:
    before, after = family(0.1), family(0.1)
    after[0]["margin"] = margin
    assert changes(compare_records(before, after)) == []


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("cpu", "another", "cpu differs (AMD EPYC 9B14 before, another now)"),
        ("cpu_flags", ["avx2", "fma"], "cpu_flags differs (-avx512f)"),
    ],
)
def test_on_another_processor_moved_numerics_are_a_note_that_says_why(
    key: str, value: Any, said: str
) -> None:
    before, after = run_document(*family(*[0.03] * 6)), run_document(*family(*[0.3] * 6))
    fingerprint: Any = after["runs"][0]["fingerprint"]
    fingerprint[key] = value
    made = gate(before, after)
    assert made.findings == []
    assert {note.kind for note in made.notes} == {"numerics on another processor"}
    assert said in made.notes[0].meaning


@pytest.mark.parametrize(
    ("fact", "was", "now"),
    [
        ("sums_exactly", False, True),
        ("precision", {"float32": {"family": "direct"}}, {"float32": {"family": "fft-like"}}),
    ],
)
def test_errors_over_bounds_of_two_kinds_are_not_compared(fact: str, was: Any, now: Any) -> None:
    before, after = facts(**{fact: was}), facts(**{fact: now})
    made = compare_records([*family(*[0.03] * 6), *before], [*family(*[0.5] * 6), *after])
    assert ("numerics under another bound", "float32") in changes(made)
    assert "numerics moved while passing" not in {change.kind for change in made.findings}
    assert made.exit_code == 1  # another algorithm is a finding of its own


def test_without_a_fingerprint_nothing_is_blamed_on_the_call() -> None:
    before, after = (
        run_document(*family(*[0.03] * 6), fingerprint=None),
        run_document(*family(*[0.3] * 6)),
    )
    assert "does not say on what it ran" in gate(before, after).notes[0].meaning


@given(
    st.lists(st.floats(1e-4, 0.3), min_size=FEWEST, max_size=30),
    st.floats(1.2 * HALF_A_DIGIT, 100),
)
def test_a_factor_above_the_limit_is_always_found(values: list[float], factor: float) -> None:
    made = compare_records(family(*values), family(*(factor * value for value in values)))
    assert made.exit_code == 1


@given(st.lists(st.tuples(st.floats(1e-4, 1), st.floats(1e-4, 1)), min_size=1, max_size=30))
def test_what_grows_by_less_than_half_a_digit_everywhere_is_never_found(
    pairs: list[tuple[float, float]],
) -> None:
    before = [a for a, _ in pairs]
    after = [min(b, a * HALF_A_DIGIT / 1.2) for a, b in pairs]
    assert compare_records(family(*before), family(*after)).findings == []


def test_the_docstrings_figures_are_those_of_the_margins() -> None:
    means, singles = [], []
    for a, b in ORDERS:
        families: dict[tuple[str, str], list[float]] = {}
        for check, case in MARGINS[a].keys() & MARGINS[b].keys():
            was, now = MARGINS[a][check, case], MARGINS[b][check, case]
            dtype = next(d for d in ("bfloat16", "float16", "float32", "float64", "") if d in case)
            families.setdefault((check, dtype), []).append(math.log(now / was))
            singles += [now / was] if now >= VISIBLE else []
        means += [sum(f) / len(f) for f in families.values() if len(f) >= FEWEST]
    found = len(ORDERS), len(means), round(math.exp(max(means)), 2), round(max(singles), 1)
    assert found == (244, 764, 2.14, 7.9)
