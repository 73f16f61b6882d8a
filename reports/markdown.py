"""Draws a results document as Markdown: the table of conventions, and the verdicts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reports.conventions import conventions, labels
from reports.summary import overall, summarise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reports.model import Document

COLUMNS = {
    "orientation": "Orientation",
    "anchor": "Anchor of an even `same`",
    "boundary": "Boundary",
    "output_dtypes": "Output dtype",
}


def conventions_table(document: Document) -> str:
    """Return what was measured of each backend, as a Markdown table."""
    rows = [
        [code(one.label), *(escaped(one.words(name)) for name in COLUMNS)]
        for one in conventions(document)
    ]
    return table_of(["Backend", *COLUMNS.values()], rows)


def summary(document: Document) -> str:
    """Return the verdict in a sentence, then a row per backend, as Markdown."""
    names = labels(document)
    rows = [
        [
            code(names[line.environment, line.backend]) if line.backend is not None else "none",
            escaped(line.environment),
            escaped(line.sentence),
        ]
        for line in summarise(document)
    ]
    table = table_of(["Backend", "Environment", "Verdict"], rows)
    return f"**{escaped(overall(document)[1])}**\n\n{table}"


def table_of(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table of cells that are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(map(row_of, lines))


def row_of(cells: Iterable[str]) -> str:
    """Return one row of a Markdown table."""
    return f"| {' | '.join(cells)} |\n"


def escaped(text: str) -> str:
    """Return ``text`` on one line with nothing in it that Markdown or HTML would act on."""
    return re.sub(r"([\\`*_{}\[\]<>#|~&!])", r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """Return ``text`` set as code where Markdown can, else escaped."""
    flat = " ".join(text.split())
    # A pipe ends a cell even within code, and code cannot hold its own fence.
    return f"`{flat}`" if not {"`", "|", "\\"} & set(flat) else escaped(flat)
