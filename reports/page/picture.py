"""Draws a small picture of which calls flip the kernel.

``python -m conv2d_conformance.reports.page.picture reports/baselines/*.json`` prints it as SVG,
from the measured facts in the documents. The README shows ``who_flips.svg``, next to this module.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from conv2d_conformance.reports.document.files import load, merge
from conv2d_conformance.reports.tables.conventions import conventions
from conv2d_conformance.reports.tables.orientation import ORIENTATIONS, OrientationText

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conv2d_conformance.reports.document.model import Document

TEMPLATES = Path(__file__).with_name("templates")
WIDTH, GAP, TOP = 440, 16, 96
# A card's height: its drawing and its text, then a line for each call.
HEAD, LINE = 128, 19
ANCHORS = {"upper": "after", "lower": "before"}
BOUNDARIES = {"zeros": "zeros", "reflect": "the reflected image"}


class Reading(NamedTuple):
    """A way to read the operands: the subject of one card."""

    orientation: str
    anchor: str
    boundary: str


@dataclass(frozen=True)
class Card:
    """One reading, the calls that were measured to have it, and where the card is drawn."""

    orientation: OrientationText
    anchor: str
    boundary: str
    calls: tuple[str, ...]
    x: int
    y: int
    height: int


def draw(document: Document) -> str:
    """Return the picture of a document as SVG."""
    names = calls_by_reading(document)
    columns = [
        list(_column(names, kind, left * (WIDTH + GAP) + GAP))
        for left, kind in enumerate(("convolution", "correlation"))
    ]
    cards = [card for column in columns for card in column]
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    text: str = made.get_template("who_flips.svg.j2").render(
        cards=cards,
        start=ORIENTATIONS["correlation"],
        card_width=WIDTH,
        width=2 * WIDTH + 3 * GAP,
        height=max((card.y + card.height for card in cards), default=TOP) + GAP,
    )
    return text + "\n"


def calls_by_reading(document: Document) -> dict[Reading, list[str]]:
    """The plain names of the calls, by how they were measured to read their operands."""
    found: dict[Reading, list[str]] = {}
    for one in conventions(document):
        reading = Reading(*(one.words(fact) for fact in Reading._fields))
        names = found.setdefault(reading, [])
        # A variant, such as ``-fft``, is not a separate call for the reader.
        if (name := one.backend.partition("-")[0]) not in names:
            names.append(name)
    return found


def _column(names: dict[Reading, list[str]], kind: str, x: int) -> Iterable[Card]:
    """The cards of one orientation, the reading of most calls first."""
    y = TOP
    chosen = [reading for reading in names if reading.orientation == kind]
    for reading in sorted(chosen, key=lambda r: (-len(names[r]), r)):
        calls = tuple(sorted(names[reading]))
        height = HEAD + LINE * len(calls)
        anchor = ANCHORS.get(reading.anchor, reading.anchor)
        boundary = BOUNDARIES.get(reading.boundary, reading.boundary)
        yield Card(ORIENTATIONS[kind], anchor, boundary, calls, x, y, height)
        y += height + GAP


def main(paths: Sequence[str]) -> None:
    """Print the picture of some documents."""
    sys.stdout.write(draw(merge([load(Path(path)) for path in paths])))


if __name__ == "__main__":
    main(sys.argv[1:])
