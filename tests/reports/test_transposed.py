"""The table of transposed convolutions, apart from that of the conventions of plain ones."""

from __future__ import annotations

from conv2d_conformance.reports.export.markdown import conventions_table
from conv2d_conformance.reports.page.render import render_html
from conv2d_conformance.reports.tables.conventions import conventions
from conv2d_conformance.reports.tables.summary import overall
from conv2d_conformance.reports.tables.transposed import transposed_rows
from tests.helpers.documents import END, backend, document, fact, run, verdict

NAME = "torch.nn.functional.conv_transpose2d"
FACTS = {
    "operation": "conv_transpose2d",
    "reads": "rotated",
    "ends": "stride",
    "anchor": {"rows": "upper", "columns": "upper"},
    "output_padding": "halved",
    "crops": {"t-4x5-by-3x2/same/s1x3/float32": [[1, 1], [0, -1]]},
}
MADE = document(
    run(
        backend(),
        fact("orientation", "correlation"),
        verdict(),
        backend(NAME),
        *(fact(name, value, NAME) for name, value in FACTS.items()),
        verdict(backend=NAME),
        END,
    )
)


def test_a_transposed_convolution_has_a_row_of_its_own() -> None:
    (row,) = transposed_rows(MADE)
    assert (row.label, row.kernel, row.odd) == (NAME, "rotated", "after")
    assert row.ends == "with the last pixel's stride, H·s"
    assert row.extra == "after; under same before and after in turn"
    assert row.crops == {"t-4x5-by-3x2/same/s1x3/float32": "1, 1; columns 0, -1"}


def test_it_is_not_among_the_plain_ones() -> None:
    assert [one.orientation for one in conventions(MADE)] == ["correlation"]
    assert NAME not in conventions_table(MADE)


def test_it_counts_as_a_backend() -> None:
    assert overall(MADE)[1].startswith("Of 2 backends")


def test_a_page_without_any_says_nothing_of_them() -> None:
    assert 'id="transposed"' in render_html(MADE)
    assert 'id="transposed"' not in render_html(document(run(backend(), END)))
