"""The published page of what the layers cover is that of the layers as they are."""

from __future__ import annotations

from conv2d_conformance.cases.layer_tables import WIDE_FACTORS, has_output
from conv2d_conformance.cases.layers import make_layer
from tests.helpers.layer_coverage import CLASSES, LISTED, PAGE, held, page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(LISTED), "run python -m tests.helpers.layer_coverage"


def test_a_layer_that_is_taken_away_is_missed() -> None:
    assert page(LISTED[:-1]) != page(LISTED)


def test_the_covering_part_has_every_value() -> None:
    covering = [layer for layer in LISTED if layer.covering]
    assert all(held(covering, [factor]) == held(LISTED, [factor]) for factor in CLASSES)


def test_every_wide_value_can_occur() -> None:
    assert all(
        has_output({**{name: values[0] for name, values in WIDE_FACTORS.items()}, "kernel": kernel})
        for kernel in WIDE_FACTORS["kernel"]
    )
    assert make_layer(**{name: values[0] for name, values in WIDE_FACTORS.items()}).covering
