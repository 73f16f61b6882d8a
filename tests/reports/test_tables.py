"""The tables of layers and of time: from facts, and nothing where there are none."""

from __future__ import annotations

import pytest

from conv2d_conformance.reports.page.render import render_html
from conv2d_conformance.reports.tables.cost import cost_rows
from conv2d_conformance.reports.tables.layers import layer_rows
from tests.helpers.documents import END, backend, document, fact, run

LAYERS = {
    "options": ["batch", "stride"],
    "gradients": True,
    "layouts": ["NHWC"],
    "strided_same": "output",
    "strided_same_pads": {"8x8-by-3x3/same/s2x2/float32": [0, 1]},
}
COST = {"calls": 3.0, "first_calls": None, "reference": 0.5, "probe": 0.0, "harness": 0.5}
MADE = document(run(backend(), fact("layers", LAYERS), fact("cost", COST), END))
BARE = document(run(backend(), fact("layers", {**LAYERS, "options": []}), END))


def test_a_backend_with_options_has_a_row_with_what_its_same_pads() -> None:
    (row,) = layer_rows(MADE)
    assert (row.options, row.rule) == ("batch, stride", "as much as the last window needs")
    assert row.pads == {"8x8-by-3x3/same/s2x2/float32": "0, 1"}


def test_a_rule_that_no_known_one_explains_says_so() -> None:
    (row,) = layer_rows(document(run(backend(), fact("layers", {**LAYERS, "strided_same": None}))))
    assert row.rule == "in none of the known ways"


def test_a_backend_without_options_has_no_row() -> None:
    assert layer_rows(BARE) == []
    assert 'id="layers"' not in render_html(BARE)


def test_the_shares_of_a_backend_sum_to_one_and_all_comes_first() -> None:
    everything, one = cost_rows(MADE)
    assert (everything.label, everything.seconds, one.seconds) == ("all", 4.0, 4.0)
    assert one.shares["calls"] == pytest.approx(0.75)
    assert sum(one.shares.values()) == pytest.approx(1.0)


def test_a_document_without_costs_has_no_table_of_them() -> None:
    assert cost_rows(BARE) == []
    assert "Where the time went" not in render_html(BARE)
