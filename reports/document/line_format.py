r"""The format of a document on disk: a record per line, for small diffs and one-write appends.

The end of a file is always ``FOOTER``. A record is appended by writing ``,\n<record>`` and the
footer again over the old footer.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from conv2d_conformance.reports.document.model import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conv2d_conformance.reports.document.model import Document, Record, Run, RunHeader

FOOTER = "\n]}]}\n"
# The defaults of a verdict: a key that is missing on disk has this value.
IMPLIED: dict[str, Any] = {
    "symptom": None,
    "message": None,
    "reason": None,
    "link": None,
    "margin": None,
    "where": None,
    "seconds": 0,
    "repeat": None,
}


def implied_id(verdict: Mapping[str, Any]) -> str:
    """Return the id of a verdict that names none; unique, as its parts are."""
    check, backend, case = (verdict.get(key) for key in ("check", "backend", "case"))
    return f"{check}[{backend}-{case}]"


def strip_implied(record: Record) -> dict[str, Any]:
    """Return ``record`` without what `fill_implied` puts back."""
    if record["kind"] != "verdict":
        return dict(record)
    unsaid = {**IMPLIED, "id": implied_id(record)}
    return {key: value for key, value in record.items() if unsaid.get(key, ...) != value}


def fill_implied(record: object) -> object:
    """Return a record read from disk, checked or not, completed with the defaults."""
    if not isinstance(record, dict) or record.get("kind") != "verdict":
        return record
    if "id" in record and IMPLIED.keys() <= record.keys():
        return record
    return {"kind": "verdict", "id": implied_id(record), **IMPLIED, **record}


def json_line(value: object) -> str:
    """Return ``value`` as strict JSON on one line of ASCII.

    Raises
    ------
    TypeError
        If ``value`` holds something that JSON cannot.
    """
    return json.dumps(to_json_types(value), allow_nan=False)


def to_json_types(value: Any) -> Any:
    """Return ``value`` in JSON's own types: no NaN, no infinity, no numpy scalar, no tuple."""
    if isinstance(value, dict):
        return {str(key): to_json_types(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json_types(item) for item in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    if hasattr(value, "tolist"):
        return to_json_types(value.tolist())
    return value


def two_digits(value: float) -> float:
    """Return ``value`` with two significant digits, as a committed margin has."""
    return float(f"{value:.1e}")


def opening(header: RunHeader) -> str:
    """Return the text of a document up to the first record of its only run."""
    return f"{_document_opening()}\n{_run_opening(header)}"


def document_text(document: Document, *, brief: bool = False) -> str:
    """Return the text of a whole document; in a brief one verdicts leave out what goes unsaid."""
    runs = ",\n".join(_run_text(run, brief=brief) for run in document["runs"])
    return f"{_document_opening()}\n{runs}]}}\n"


def _run_text(run: Run, *, brief: bool) -> str:
    records = ",\n".join(json_line(strip_implied(r) if brief else r) for r in run["records"])
    return f"{_run_opening(run)}{records}\n]}}"


def _document_opening() -> str:
    return f'{{"schema_version": {SCHEMA_VERSION}, "runs": ['


def _run_opening(header: Mapping[str, Any]) -> str:
    return "{" + ",\n".join(_header_lines(header)) + ',\n"records": [\n'


def _header_lines(header: Mapping[str, Any]) -> Iterator[str]:
    for key in ("environment", "started", "command", "not_run", "fingerprint"):
        yield f'"{key}": {json_line(header[key])}'
    clauses = ",\n".join(map(json_line, header["clauses"]))
    yield f'"clauses": [\n{clauses}\n]'
