"""Renders a results document as one self-contained page that loads nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from conv2d_conformance.reports.page import assets
from conv2d_conformance.reports.page.changes import changes_of
from conv2d_conformance.reports.page.example import work_answers
from conv2d_conformance.reports.page.headline import headline
from conv2d_conformance.reports.page.packing import pack
from conv2d_conformance.reports.page.plots import plots
from conv2d_conformance.reports.page.precision import BITS, names_of, precision_rows
from conv2d_conformance.reports.page.records import packed_records
from conv2d_conformance.reports.page.speed import fastest
from conv2d_conformance.reports.page.translations import picker
from conv2d_conformance.reports.page.wording import FILTERS, sections
from conv2d_conformance.reports.tables.conventions import Conventions, conventions
from conv2d_conformance.reports.tables.cost import ACCOUNTS, cost_rows
from conv2d_conformance.reports.tables.deviations import deviations
from conv2d_conformance.reports.tables.grid import COLUMNS, grid
from conv2d_conformance.reports.tables.layers import layer_rows
from conv2d_conformance.reports.tables.links import backend_place, cell_place, clause_place
from conv2d_conformance.reports.tables.matrix import MatrixRow, clauses, matrix
from conv2d_conformance.reports.tables.orientation import ORIENTATIONS
from conv2d_conformance.reports.tables.summary import OUTCOMES, backends, end, overall, versions
from conv2d_conformance.reports.tables.timings import left_out, machine, timings
from conv2d_conformance.reports.tables.transposed import transposed_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conv2d_conformance.reports.document.model import Document, Outcome, Run
    from conv2d_conformance.reports.gate.compare import Comparison
    from conv2d_conformance.reports.page.example import Example
    from conv2d_conformance.reports.page.translations import Translation
    from conv2d_conformance.reports.tables.deviations import Deviation

MAX_PAGE_BYTES = 2_350_000  # bytes of the page, its scripts aside
MISSING: tuple[Outcome, ...] = ("not run", "refused", "unsupported")
MAX_DEVIATIONS = 60
FEW_ROWS = 10  # more are folded
MIN_RECORD_BYTES = 200_000  # of them for records, at least


def render_html(
    document: Document,
    translations: Sequence[Translation] = (),
    changes: Comparison | None = None,
    example: Example | None = None,
) -> str:
    """Return the report as one HTML page that loads nothing.

    Parameters
    ----------
    document : Document
    translations : sequence of Translation
        The entries of the picker; without any the page has none.
    changes : Comparison, optional
        What changed since a baseline.
    example : Example, optional
        Worked at the head of the page.
    """
    deviating = deviations(document)
    context = (
        _fact_tables(document, deviating)
        | _verdict_tables(document)
        | _timing_tables(document)
        | _about(document)
    )
    told = changes_of(changes) if changes is not None else None
    context |= {
        "picker": pack(picker(translations)) if translations else None,
        "changes": told,
        "head": headline(document, told, deviating),
        "deviations": deviating,
        "example": example,
        "worked": work_answers(example, document) if example else [],
    }
    text: str = _environment().get_template("report.html.j2").render(context)
    context["records"] = packed_records(
        document, max(MIN_RECORD_BYTES, MAX_PAGE_BYTES - len(text.encode("utf-8", "replace")))
    )
    text += _environment().get_template("data.html.j2").render(context)
    # A message may hold half of a surrogate pair, which no file takes.
    return text.encode("utf-8", "replace").decode("utf-8")


def _verdict_tables(document: Document) -> dict[str, Any]:
    status, sentence = overall(document)
    rows = matrix(document)
    return {
        "status": status,
        "sentence": sentence,
        "clauses": clauses(document),
        "rows": rows,
        "something_missing": _is_something_missing(document, rows),
        "most_deviations": MAX_DEVIATIONS,
        "few_rows": FEW_ROWS,
        "groups": _by_environment(rows),
        "outcomes": [o for o in OUTCOMES if any(row.line.counts[o] for row in rows)],
    }


def _is_something_missing(document: Document, rows: list[MatrixRow]) -> bool:
    interrupted = any(run["not_run"] is None and end(run) is None for run in document["runs"])
    silent = any(row.line.counts[outcome] for row in rows for outcome in MISSING)
    absent = any(row.line.status in ("not run", "incomplete") for row in rows)
    return interrupted or silent or absent or bool(left_out(document))


def _fact_tables(document: Document, deviating: Sequence[Deviation]) -> dict[str, Any]:
    found, precision = conventions(document), precision_rows(document)
    return {
        "plots": pack(plots(document, precision)),
        "orientations": ORIENTATIONS,
        "seen": _by_orientation(found),
        "conventions": found,
        "grid": grid(document, deviating),
        "grid_columns": COLUMNS,
        "precision": precision,
        "bits": BITS,
        "lowered": names_of([row for row in precision if row.lowered]),
        "rounded": names_of([row for row in precision if row.rounded]),
        "transposed_rows": transposed_rows(document),
        "layer_rows": layer_rows(document),
    }


def _timing_tables(document: Document) -> dict[str, Any]:
    return {
        "rungs": timings(document),
        "fastest": fastest(document),
        "left_out": left_out(document),
        "cost_rows": cost_rows(document),
        "accounts": ACCOUNTS,
    }


def _about(document: Document) -> dict[str, Any]:
    return {"runs": [_run(run) for run in document["runs"]]}


def _run(run: Run) -> dict[str, Any]:
    records = [record for record in backends(run).values() if record is not None]
    return {
        "run": run,
        "versions": versions(run),
        "machine": machine(run),
        "backends": records,
        "end": end(run),
    }


def _by_environment(rows: list[MatrixRow]) -> dict[str, list[MatrixRow]]:
    groups: dict[str, list[MatrixRow]] = {}
    for row in rows:
        groups.setdefault(row.line.environment, []).append(row)
    return groups


def _by_orientation(found: list[Conventions]) -> dict[str, list[str]]:
    seen: dict[str, list[str]] = {name: [] for name in ORIENTATIONS}
    for one in found:
        if "orientation" in one.facts:
            seen.setdefault(one.orientation or "cannot be told", []).append(one.label)
    return {name: names for name, names in seen.items() if names}


@cache
def _environment() -> Environment:
    environment = Environment(
        # Not by the package's name: a folder `reports` in the working folder may come first.
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS
    environment.globals |= {
        "sections": sections,
        "scripts": assets.scripts(),
        "style": assets.style(),
        "policy": assets.policy(),
        "backend_place": backend_place,
        "cell_place": cell_place,
        "clause_place": clause_place,
    }
    return environment
