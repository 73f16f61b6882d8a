"""What is drawn from a document beside the page: times, orientations, facts in words, Markdown."""

from __future__ import annotations

import pytest

from conv2d_conformance.reports.export.markdown import conventions_table, summary
from conv2d_conformance.reports.tables.conventions import describe_fact
from conv2d_conformance.reports.tables.orientation import ORIENTATIONS, TAPS
from conv2d_conformance.reports.tables.timings import timings
from tests.helpers.documents import END, backend, document, fact, run, timing, verdict


def test_only_times_of_one_machine_are_compared() -> None:
    slow, quick = run(timing("a", 2.0)), run(timing("b", 1.0), environment="other")
    assert slow["fingerprint"] is not None
    slow["fingerprint"]["threads"] = "64"
    assert [row.place for rung in timings(document(slow, quick)) for row in rung.rows] == [
        "alone",
        "alone",
    ]


def test_the_fastest_is_named_and_what_lies_within_its_spread_too() -> None:
    made = document(run(timing("a", 1.02), timing("b", 1.0), timing("c", 4.0)))
    assert [(row.label, row.place) for row in timings(made)[0].rows] == [
        ("b", "fastest"),
        ("a", "within the spread of the fastest"),
        ("c", "4 times the fastest"),
    ]


def test_the_eight_orientations_are_eight_different_drawings() -> None:
    assert len({one.taps for one in ORIENTATIONS.values()}) == 8
    assert len({one.transform for one in ORIENTATIONS.values()}) == 8


@pytest.mark.parametrize("name", ORIENTATIONS)
def test_a_drawing_moves_the_glyph_as_it_moves_the_taps(name: str) -> None:
    one = ORIENTATIONS[name]
    a, b, c, d, e, f = map(float, one.transform[7:-1].split())
    moved = {
        (a * x + c * y + e, b * x + d * y + f): TAPS[row][column]
        for row, y in enumerate((0.5, 1.5, 2.5))
        for column, x in enumerate((0.5, 1.5, 2.5))
    }
    assert moved == {
        (column + 0.5, row + 0.5): one.taps[row][column] for row in range(3) for column in range(3)
    }


@pytest.mark.parametrize("name", ORIENTATIONS)
def test_what_the_page_says_to_pass_undoes_the_orientation(name: str) -> None:
    numpy = pytest.importorskip("numpy")
    k = numpy.arange(6).reshape(2, 3)
    passed = eval(ORIENTATIONS[name].fix, {"k": k})  # noqa: S307  (our own constants)
    read = eval(ORIENTATIONS[name].reads, {"k": passed})  # noqa: S307  (likewise)
    assert numpy.array_equal(read, k)


def test_an_anchor_that_differs_by_axis_names_both() -> None:
    words = describe_fact("anchor", {"rows": "upper", "columns": None})
    assert words == "rows upper, columns cannot be told"


def test_the_table_of_conventions_is_markdown_with_a_row_per_backend() -> None:
    made = document(
        run(backend(), fact("orientation", "convolution"), fact("boundary", "a|b <i>"), END)
    )
    assert conventions_table(made).splitlines()[2] == (
        "| `scipy.signal.convolve2d` | convolution | not measured | a\\|b \\<i\\> | not measured |"
    )


def test_the_markdown_summary_begins_with_the_verdict() -> None:
    assert summary(document(run(backend(), verdict(), END))) == (
        "**Of 1 backend, 1 conforms.**\n\n"
        "| Backend | Environment | Verdict |\n| --- | --- | --- |\n"
        "| `scipy.signal.convolve2d` | scipy | conforms |\n"
    )
