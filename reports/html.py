"""Draws a results document as one self-contained page: no script, no network."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from reports.conventions import Conventions, clip, conventions
from reports.cost import ACCOUNTS, cost_rows
from reports.layers import layer_rows
from reports.matrix import MatrixRow, clauses, matrix
from reports.orientation import ORIENTATIONS
from reports.summary import OUTCOMES, backends, end, overall
from reports.timings import left_out, machine, timings
from reports.transposed import transposed_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.model import Document, Run


def render_html(document: Document) -> str:
    """Return the report as one HTML page that loads nothing."""
    text = _environment().get_template("report.html.j2").render(_context(document))
    # A message may hold half of a surrogate pair, which no file takes.
    return text.encode("utf-8", "replace").decode("utf-8")


def _context(document: Document) -> dict[str, Any]:
    status, sentence = overall(document)
    found = conventions(document)
    rows = matrix(document)
    return {
        "status": status,
        "sentence": sentence,
        "runs": [_run(run) for run in document["runs"]],
        "clauses": clauses(document),
        "rows": rows,
        "groups": _by_environment(rows),
        "outcomes": [o for o in OUTCOMES if any(row.line.counts[o] for row in rows)],
        "orientations": ORIENTATIONS,
        "seen": _by_orientation(found),
        "conventions": found,
        "rungs": timings(document),
        "left_out": left_out(document),
        "transposed_rows": transposed_rows(document),
        "layer_rows": layer_rows(document),
        "cost_rows": cost_rows(document),
        "accounts": ACCOUNTS,
    }


def _run(run: Run) -> dict[str, Any]:
    records = [record for record in backends(run).values() if record is not None]
    versions = {dist: v for record in records for dist, v in record["versions"].items()}
    return {
        "run": run,
        "versions": versions,
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
        # Not by the package's name: a folder `reports` where the command runs may come first.
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "breakable": _breakable,
        "clip": clip,
        "margin": _margin,
        "prose": _prose,
    }
    environment.globals["sections"] = _sections
    return environment


def _breakable(name: str) -> Markup:
    """Return ``name`` with places where a narrow column may break it."""
    return Markup("<wbr>").join(escape(part) for part in _parts(name))


def _parts(name: str) -> Iterator[str]:
    start = 0
    for index, character in enumerate(name[:-1]):
        if character in "._-/":
            yield name[start : index + 1]
            start = index + 1
    yield name[start:]


def _prose(text: str) -> Markup:
    """Return ``text`` with what stands between backticks set as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  (escaped)


def _margin(value: float) -> str:
    return f"{value:.2g} of its bound" if value <= 1 else f"{value:.3g} times its bound"


def _sections(stated: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for clause in stated:
        found.setdefault(clause["section"] or "Not stated in this document", []).append(clause)
    return found
