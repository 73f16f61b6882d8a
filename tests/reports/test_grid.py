"""The grid of calls and properties: variants folded, values in words, and what is not known."""

from __future__ import annotations

from conv2d_conformance.reports.page.render import render_html
from conv2d_conformance.reports.tables.deviations import deviations
from conv2d_conformance.reports.tables.grid import COLUMNS, grid
from tests.helpers.documents import END, backend, document, fact, run, verdict
from tests.helpers.html_page import Page

PLAIN, FAST = "lib.conv", "lib.conv-fft"
RECORDS = (
    backend(PLAIN),
    backend(FAST),
    fact("orientation", "convolution", PLAIN),
    fact("orientation", "convolution", FAST),
    fact("special_values", {"nan": "local", "integer_overflow": {"int8": "wraps"}}, PLAIN),
    fact("special_values", {"nan": "spreads", "integer_overflow": {"int8": "gives -128"}}, FAST),
    fact("layers", {"strided_same": "input"}, PLAIN),
    fact("precision", {"float32": {"class": "tf32", "grade": "lowered"}}, PLAIN),
    verdict(1, "crashed", PLAIN),
)
MADE = document(run(*RECORDS, END))


def cells() -> dict[str, dict[str, list[str]]]:
    (row,) = grid(MADE, deviations(MADE))
    return dict(zip(COLUMNS, row.cells, strict=True))


def test_variants_are_folded_under_their_call() -> None:
    (row,) = grid(MADE, deviations(MADE))
    assert (row.call, list(row.variants)) == (PLAIN, [PLAIN, FAST])


def test_a_value_that_variants_share_is_told_once() -> None:
    assert cells()["Kernel"] == {"flipped": [PLAIN, FAST]}


def test_where_variants_differ_each_is_named() -> None:
    assert cells()["NaN"] == {"local": [PLAIN], "spreads": [FAST]}


def test_what_was_not_measured_says_so() -> None:
    assert cells()["Anchor"] == {"not measured": [PLAIN, FAST]}


def test_each_property_is_in_words() -> None:
    told = {name: next(iter(cell)) for name, cell in cells().items()}
    assert told["`same` with a stride"] == "as with stride 1"
    assert list(cells()["Integers that overflow"]) == ["wraps", "gives another number"]
    assert told["Precision"] == "float32 as tf32"


def test_a_refusal_is_one_word_without_the_exception() -> None:
    refused = {"integer_overflow": "refused: out[y] raised OverflowError: -1 out of bounds"}
    made = document(
        run(backend(), fact("orientation", "correlation"), fact("special_values", refused))
    )
    (row,) = grid(made, ())
    assert [*row.cells[COLUMNS.index("Integers that overflow")]] == ["refused"]


def test_dangerous_deviations_are_counted_by_cause() -> None:
    assert cells()["Dangerous deviations"] == {"1": [PLAIN], "none": [FAST]}


def test_the_grid_is_on_the_page() -> None:
    page = Page(render_html(MADE))
    assert "What each call does" in page.text
    assert "2 variants" in page.text
