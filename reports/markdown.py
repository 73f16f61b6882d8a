"""Draws a results document as Markdown: the table of conventions, and the verdicts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reports.conventions import conventions, labels
from reports.summary import overall, summarise

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        [_code(one.label), *(_text(one.words(name)) for name in COLUMNS)]
        for one in conventions(document)
    ]
    return _table(["Backend", *COLUMNS.values()], rows)


def summary(document: Document) -> str:
    """Return the verdict in a sentence, then a row per backend, as Markdown."""
    names = labels(document)
    rows = [
        [
            _code(names[line.environment, line.backend]) if line.backend is not None else "none",
            _text(line.environment),
            _text(line.sentence),
        ]
        for line in summarise(document)
    ]
    table = _table(["Backend", "Environment", "Verdict"], rows)
    return f"**{_text(overall(document)[1])}**\n\n{table}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _text(text: str) -> str:
    """Return ``text`` on one line with nothing in it that Markdown or HTML would act on."""
    return re.sub(r"([\\`*_{}\[\]<>#|~&!])", r"\\\1", " ".join(text.split()))


def _code(text: str) -> str:
    flat = " ".join(text.split())
    # A pipe ends a cell even within code, and code cannot hold its own fence.
    return f"`{flat}`" if not {"`", "|", "\\"} & set(flat) else _text(flat)
