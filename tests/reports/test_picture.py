"""The README's pictures: the one of the calls is what the baselines say, and both are small."""

from __future__ import annotations

from pathlib import Path

import pytest

from conv2d_conformance.backends.registry import SHIPPED
from conv2d_conformance.reports.document.files import load, merge
from conv2d_conformance.reports.page.picture import calls_by_reading, draw
from tests.helpers.documents import document

REPORTS = Path(__file__).parents[2] / "reports"
BASELINES = merge([load(path) for path in sorted((REPORTS / "baselines").glob("*.json"))])
SVG = REPORTS / "page" / "who_flips.svg"
COMMAND = (
    "python -m conv2d_conformance.reports.page.picture reports/baselines/*.json "
    "> reports/page/who_flips.svg"
)


def test_the_committed_picture_is_what_the_baselines_say() -> None:
    assert SVG.read_text("utf-8") == draw(BASELINES), f"renew it: {COMMAND}"


def test_every_shipped_call_is_in_the_picture() -> None:
    shown = {name for names in calls_by_reading(BASELINES).values() for name in names}
    assert shown == {name.partition("-")[0] for name in SHIPPED}


def test_the_picture_of_an_empty_document_is_a_picture() -> None:
    assert draw(document()).rstrip().endswith("</svg>")


@pytest.mark.parametrize("name", ["who_flips.svg", "page.png"])
def test_a_picture_weighs_less_than_100_kb(name: str) -> None:
    assert (REPORTS / "page" / name).stat().st_size < 100_000
