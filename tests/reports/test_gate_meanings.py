"""The meaning of a changed fact has the direction of the change."""

from __future__ import annotations

from typing import Any

import pytest

from conv2d_conformance.reports.gate import meanings
from conv2d_conformance.reports.gate.facts import _differences, shown
from conv2d_conformance.reports.gate.meanings import of_fact
from conv2d_conformance.reports.gate.precision import precision_changes

Row = tuple[str, Any, Any, str, str]
NEUTRAL = "answered otherwise"
# A fact, two of its values, and what is said of the change from the first, and to it.
ROWS: list[Row] = [
    ("orientation", "correlation", "convolution", "as convolution", "as correlation"),
    ("orientation", "correlation", None, "no longer reads", "as correlation now; before"),
    ("anchor.rows", "upper", "lower", "another side", "another side"),
    ("anchor.rows", "upper", None, "cannot be told any more", "by one rule now: upper"),
    ("off_centre.rows", 0, 1, "no longer centred", "no longer centred"),
    ("boundary", "zeros", "reflect", "is now reflect", "is now zeros"),
    ("boundary", "zeros", None, "cannot be told any more", "is zeros now"),
    ("consistent", True, False, "no longer explains", "explains every size now"),
    ("complaints", [], ["a"], "contradict each other now", "no more"),
    ("complaints", ["a"], ["b"], "in another way", "in another way"),
    ("paddings", ["same"], ["same", "full"], "now takes the padding full", "no longer takes the"),
    ("full", "supported", "refused: no", "raises this now", "what was refused gives a result"),
    ("refused_paddings.full", "refused: no", "refused: TypeError: no", "raises", "raises"),
    ("refused_kernels.same/6x7-by-2x2", "TypeError: a", "ValueError: a", "refused", "refused"),
    ("larger_kernel", "raises", "empty", NEUTRAL, NEUTRAL),
    (
        "dtypes",
        ["int8"],
        ["int16", "uint8"],
        "takes the dtypes int16, uint8",
        "takes the dtype int8",
    ),
    ("output_dtypes.int8", "int8", "int32", "now give int32", "now give int8"),
    ("sums_exactly", True, False, "exact no longer", "are exact now"),
    ("sums_exactly", True, None, "cannot be told any more", "are exact now"),
    ("special_values.nan", "local", "rows", NEUTRAL, NEUTRAL),
    ("special_values.inf", "local", "rows", NEUTRAL, NEUTRAL),
    ("special_values.integer_overflow.int8", "wraps", "saturates", "another", "another"),
    ("special_values.subnormals", "kept", "flushed", "are flushed now", "are kept now"),
    ("special_values.complex", "plain", "conjugates", NEUTRAL, NEUTRAL),
    ("special_values.signed_zero", "kept", "lost", NEUTRAL, NEUTRAL),
    ("fresh_process", "bit-equal", "a: differs", "no longer gives", "gives the same bits now"),
    ("fresh_process", "a: differs", "b: differs", "other bits", "other bits"),
    ("one_thread", "bit-equal", "a: differs", "no longer gives", "gives the same bits now"),
    ("one_thread", "a: differs", "b: differs", "other bits", "other bits"),
    ("layers.answers.empty batch", "a", "b", NEUTRAL, NEUTRAL),
    ("layers.strided_same", "output", "image", "pads otherwise", "pads otherwise"),
    ("layers.options", ["stride"], [], "no longer takes the option stride", "now takes the option"),
    ("layers.layouts", ["NCHW"], [], "no longer takes the memory layout NCHW", "now takes the"),
    ("layers.gradients", True, False, "can be asked for no longer", "can be asked for now"),
    ("layers.fused", True, False, "can no longer ask", "can ask for a bias and a ReLU"),
    ("cases", "all", "few", "other cases", "other cases"),
    ("crops.t-4x5-by-2x2/same", [[0, 1]], [[1, 0]], "crops its result", "crops its result"),
    ("reads", "correlation", "convolution", "as convolution", "as correlation"),
    ("ends", "stride", "kernel", "ends elsewhere", "ends elsewhere"),
]
BITS = {"operand_bits": 24, "accumulator_bits": None, "class": "float32"}
FEWER = {"operand_bits": 11, "accumulator_bits": 20, "class": "tf32"}


def meaning(path: str, was: Any, now: Any) -> str:
    ((_, _, _, kind),) = _differences(path, was, now)
    return of_fact(kind, path, "a.call", shown(was), shown(now))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{shown(row[1])}-{shown(row[2])}")
def test_a_change_and_its_reverse_are_said_as_they_are(row: Row) -> None:
    path, one, other, forth, back = row
    assert forth in meaning(path, one, other)
    assert back in meaning(path, other, one)


@pytest.mark.parametrize("table", ["SENTENCES", "AFTER", "BEFORE", "LISTS", "RIGHT"])
def test_each_sentence_has_both_directions_here(table: str) -> None:
    paths = {row[0] for row in ROWS}
    names = getattr(meanings, table)
    assert [name for name in names if not any(path.startswith(name) for path in paths)] == []


@pytest.mark.parametrize("path", ["consistent", "complaints", "fresh_process", "one_thread"])
def test_what_is_as_it_should_be_is_fixed(path: str) -> None:
    was, now = {
        "consistent": (False, True), "complaints": (["a"], []),
    }.get(path, ("a: differs", "bit-equal"))  # fmt: skip
    assert [kind for *_, kind in _differences(path, was, now)] == ["fixed"]
    assert [kind for *_, kind in _differences(path, now, was)] == ["fact changed"]


def test_bits_are_said_as_they_are() -> None:
    lost = list(precision_changes("precision", {"float32": BITS}, {"float32": FEWER}))
    said = {path: of_fact(kind, path, "a", shown(was), shown(now)) for path, was, now, kind in lost}
    assert "keep 11 bits, not 24" in said["precision.float32.operand_bits"]
    assert "keep 20 bits, not all" in said["precision.float32.accumulator_bits"]
    gained = precision_changes("precision", {"float32": FEWER}, {"float32": BITS})
    assert {kind for *_, kind in gained} == {"more precise"}


def test_numbers_in_a_list_are_numbers() -> None:
    assert shown([[1, 0], [1, True]]) == "1, 0, 1, yes"
