"""The gate says each cause once, in the fewest words that cover its cases."""

from __future__ import annotations

from typing import Any

import pytest

from conv2d_conformance.reports.export.gate_text import text
from conv2d_conformance.reports.gate.covering_words import covering_words, traits
from conv2d_conformance.reports.gate.grouping import group_changes
from tests.helpers.documents import verdict
from tests.helpers.gate_documents import compare_records, facts

LAYERS = [
    f"n1c3o4/6x7-by-{kernel}/{padding}/{stride}float32"
    for kernel in ("1x1", "3x3", "2x3")
    for padding in ("same", "valid")
    for stride in ("", "s2x2/")
]


def with_check(cases: list[str]) -> list[tuple[str, str]]:
    return [("check", case) for case in cases]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (LAYERS, "all of them"),
        ([c for c in LAYERS if "1x1" in c], "all with 1x1 kernels"),
        ([c for c in LAYERS if "s2x2" in c and "same" in c], "all with stride 2, `same`"),
        (
            [c for c in LAYERS if "1x1" in c or "3x3" in c],
            "all with odd kernels",
        ),
        ([c for c in LAYERS if "by-1x1/same/s2x2" in c], ""),
        ([c for c in LAYERS if "same" in c][:-1], "5 of 6 with `same`, float32, one image"),
        ([LAYERS[0], LAYERS[-1]], ""),
    ],
)  # fmt: skip
def test_the_fewest_words_cover_the_cases(chosen: list[str], words: str) -> None:
    assert covering_words(with_check(chosen), with_check(LAYERS)) == words


@pytest.mark.parametrize(
    ("case", "word"),
    [
        ("same/4x5-by-5x6/float32", "kernels larger than the image"),
        ("same/2x3", "kernels with an even side"),
        ("n0c3o4/6x7-by-3x3/same/float32", "an empty batch"),
        ("n2c4o4g4/6x7-by-3x3/same/float32", "depthwise"),
        ("n1c1o1/6x7-by-3x3/p1x0x2x3/float32", "explicit pads"),
        ("t-n1c3o4/6x7-by-3x3/same/s2x3/d3x1/o1x0/float32", "dilation 3x1"),
        ("n1c3o4/6x7-by-3x3/same/s4/float32", "stride 4"),
        ("full/6x7-by-3x3/float32/wide", "wide"),
    ],
)
def test_an_id_says_it_in_words(case: str, word: str) -> None:
    assert word in traits(case)


def wrong(check: str, case: str, says: str) -> Any:
    return verdict(1, "failed") | {
        "check": check,
        "case": case,
        "symptom": "shape",
        "message": says,
    }


def passed(check: str, case: str) -> Any:
    return verdict(1) | {"check": check, "case": case}


def test_one_cause_in_two_checks_is_one_finding() -> None:
    cases = [(f"test_{name}", case) for name in ("exact", "real") for case in LAYERS]
    shown = [
        wrong(check, case, f"a.call on layer {case}: gave shape (1, {n}), expected (1, 9)")
        if "same" in case else passed(check, case)
        for n, (check, case) in enumerate(cases)
    ]  # fmt: skip
    made = compare_records([passed(*each) for each in cases], shown)
    (group,) = group_changes(made.findings, made.compared)
    assert len(group.changes) == 12
    assert "12 cases of clause V1, all with `same`; the smallest: n1c3o4/6x7-by-1x1" in text(made)
    # An entry accepts what was seen in one check, and not the same in any other.
    assert text(made).count("[[acknowledgement]]") == 2


def test_two_diagnoses_are_two_findings() -> None:
    says = "It equals the reference shifted by (0, {})."
    made = compare_records(
        [passed("test_exact", case) for case in LAYERS[:2]],
        [wrong("test_exact", case, says.format(n)) for n, case in enumerate(LAYERS[:2])],
    )
    assert len(group_changes(made.findings)) == 2


def test_a_family_of_facts_that_moved_is_one_finding() -> None:
    before = facts(crops={"a": [[0, 1]], "b": [[1, 1]]}, boundary="zeros")
    after = facts(crops={"a": [[1, 0]], "b": [[0, 2]]}, boundary="reflect")
    found = [group.subject for group in group_changes(compare_records(before, after).findings)]
    assert found == ["boundary", "2 facts: crops.a, crops.b"]


def test_what_is_fixed_is_one_note() -> None:
    broken = [wrong(f"test_{n}", case, f"wrong: {n}") for n, case in enumerate(LAYERS)]
    repaired = [passed(f"test_{n}", case) for n, case in enumerate(LAYERS)]
    (group,) = group_changes(compare_records(broken, repaired).notes)
    assert (group.before, group.after) == ("failed", "passed")
