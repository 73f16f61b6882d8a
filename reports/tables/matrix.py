"""The matrix of clauses and backends: one row per backend, one cell per clause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conv2d_conformance.reports.tables.conventions import labels
from conv2d_conformance.reports.tables.links import backend_place, cell_place
from conv2d_conformance.reports.tables.reasons import Behind, behind_cells
from conv2d_conformance.reports.tables.summary import (
    FAILING,
    RAN,
    WORST_FIRST,
    Cell,
    Key,
    Line,
    cells,
    summarise,
    verdicts,
)

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Clause, Document, Outcome

SYMBOLS: dict[Outcome, str] = dict.fromkeys(FAILING, "✗") | {
    "not run": "○",
    "expected failure": "!",
    "measured": "◇",
    "refused": "⊘",
    "unsupported": "⊘",
    "passed": "✓",
}
SYMBOL_OF_STATUS = {"conforms": "✓", "fails": "✗", "incomplete": "○", "not run": "○"}


@dataclass(frozen=True)
class Square:
    """One cell, ready to be shown; ``number`` is of the outcome named by ``word``."""

    anchor: str
    clause: Clause
    symbol: str
    word: str
    number: str
    beside: str
    sentence: str
    margin: float | None
    behind: Behind
    plain: bool


@dataclass(frozen=True)
class MatrixRow:
    """One backend; a square is None where no check of the clause was recorded."""

    anchor: str
    label: str
    line: Line
    squares: tuple[Square | None, ...]

    @property
    def symbol(self) -> str:
        """The symbol next to the row's verdict."""
        return SYMBOL_OF_STATUS[self.line.status]


def matrix(document: Document) -> list[MatrixRow]:
    """Return the rows of the matrix, in the order of the document."""
    found, behind, names = cells(document), behind_cells(document), labels(document)
    stated = clauses(document)
    rows = []
    for line in summarise(document):
        key, label = (line.environment, line.backend or ""), _label(line, names)
        squares = _squares(label, stated, found.get(key, {}), behind.get(key, {}))
        rows.append(MatrixRow(backend_place(label), label, line, squares))
    return rows


def clauses(document: Document) -> list[Clause]:
    """Return the clauses stated in any run, then those that verdicts name without a statement."""
    found = {c["id"]: c for run in document["runs"] for c in run["clauses"]}
    for name in dict.fromkeys(v["clause"] for run in document["runs"] for v in verdicts(run)):
        found.setdefault(name, {"id": name, "section": "", "title": name, "statement": ""})
    return list(found.values())


def _label(line: Line, names: dict[Key, str]) -> str:
    if line.backend is None:
        return f"environment {line.environment}"
    return names[line.environment, line.backend]


def _squares(
    label: str, stated: list[Clause], found: dict[str, Cell], behind: dict[str, Behind]
) -> tuple[Square | None, ...]:
    return tuple(
        _square(
            cell_place(label, clause["id"]), clause, found[clause["id"]], behind.get(clause["id"])
        )
        if clause["id"] in found
        else None
        for clause in stated
    )


def _square(anchor: str, clause: Clause, cell: Cell, behind: Behind | None) -> Square:
    word, number, beside = _cell_summary(cell)
    counted = ((outcome, cell.counts[outcome]) for outcome in WORST_FIRST)
    return Square(
        anchor=anchor,
        clause=clause,
        symbol=SYMBOLS[word],
        word=word,
        number=number,
        beside=beside,
        sentence=", ".join(f"{count} {outcome}" for outcome, count in counted if count),
        margin=cell.margin,
        behind=behind or Behind((), 0),
        plain=set(+cell.counts) == {"passed"},
    )


def _cell_summary(cell: Cell) -> tuple[Outcome, str, str]:
    counts = +cell.counts
    ran = sum(counts[outcome] for outcome in RAN)
    neutral = [f"{counts[o]} {o}" for o in ("measured", "refused", "unsupported") if o in counts]
    if bad := sum(counts[outcome] for outcome in FAILING):
        return cell.worst, f"{bad} of {ran}", ""
    if missed := counts["not run"]:
        return "not run", f"{missed} of {ran + missed}", ""
    if known := counts["expected failure"]:
        return "expected failure", f"{known} of {ran}", ""
    if ran:
        return "passed", str(ran), ", ".join(neutral)
    return cell.worst, str(counts[cell.worst]), ", ".join(neutral[1:])
