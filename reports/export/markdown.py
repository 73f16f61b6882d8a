"""Renders a results document as Markdown: the table of conventions, and the verdicts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conv2d_conformance.reports.tables.conventions import clip, conventions, labels
from conv2d_conformance.reports.tables.measured import answers, sentence
from conv2d_conformance.reports.tables.reasons import behind_cells
from conv2d_conformance.reports.tables.summary import overall, summarise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conv2d_conformance.reports.document.model import Document

# GitHub shows no job summary above 1 MiB.
SUMMARY_BYTES = 1024 * 1024
CUT = "\nThe rest did not fit; it is in the report and in the results document.\n"
COLUMNS = {
    "orientation": "Orientation",
    "anchor": "Anchor of an even `same`",
    "boundary": "Boundary",
    "output_dtypes": "Output dtype",
}
MEASURED_COLUMNS = ("Backend", "Clause", "What the call does")
FAILURE_COLUMNS = ("Backend", "Clause", "What", "First case", "Message", "Repeat")


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


def job_page(document: Document, limit: int = SUMMARY_BYTES) -> str:
    """Return verdicts, failures, conventions and other facts, in at most ``limit`` bytes."""
    parts = [summary(document), *_failures(document)]
    parts += [f"\n### Measured conventions\n\n{conventions_table(document)}"]
    return fit_bytes([*parts, *_measured(document)], limit, CUT)


def _measured(document: Document) -> Iterator[str]:
    """Yield a table of what calls do that could be held to nothing."""
    names, found = labels(document), answers(document)
    if found:
        yield f"\n### Measured, for nothing is declared\n\n{table_of(MEASURED_COLUMNS, [])}"
    for key, row in found.items():
        for clause, said in row.items():
            text = clip(sentence(said), 1500)
            yield row_of([code(names[key]), escaped(clause), escaped(text)])


def _failures(document: Document) -> Iterator[str]:
    names = labels(document)
    failures = [
        (names[key], clause, one)
        for key, row in behind_cells(document).items()
        for clause, behind in row.items()
        for one in behind.reasons
        if one.failing
    ]
    if failures:
        yield f"\n### Failures\n\n{table_of(FAILURE_COLUMNS, [])}"
    for label, clause, one in failures:
        what = f"{one.count} {one.outcome}{f': {one.symptom}' if one.symptom else ''}"
        message = clip(one.message, 300)
        yield row_of([code(label), escaped(clause), escaped(what), code(one.cases[0]),
                      escaped(message), code(one.repeat)])  # fmt: skip


def fit_bytes(parts: Sequence[str], limit: int, cut: str) -> str:
    """Return as many of ``parts`` as ``limit`` bytes hold, and ``cut`` if that is not all."""
    if sum(len(part.encode("utf-8", "replace")) for part in parts) <= limit:
        return "".join(parts)
    kept, room = [], limit - len(cut.encode())
    for part in parts:
        room -= len(part.encode("utf-8", "replace"))
        if room < 0:
            break
        kept.append(part)
    return "".join([*kept, cut])


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
