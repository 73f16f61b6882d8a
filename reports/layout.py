r"""How a document lies on disk: a record per line, for small diffs and one-write appends.

The end of a file is always ``FOOTER``. A record is appended by writing ``,\n<record>`` and the
footer again over the old footer.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from reports.model import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reports.model import Document, Run, RunHeader

FOOTER = "\n]}]}\n"


def line(value: object) -> str:
    """Return ``value`` as strict JSON on one line of ASCII.

    Raises
    ------
    TypeError
        If ``value`` holds something that JSON cannot.
    """
    return json.dumps(plain(value), allow_nan=False)


def plain(value: Any) -> Any:
    """Return ``value`` in JSON's own types: no NaN, no infinity, no numpy scalar, no tuple."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return value


def opening(header: RunHeader) -> str:
    """Return the text of a document up to the first record of its only run."""
    return f"{_document_opening()}\n{_run_opening(header)}"


def whole(document: Document) -> str:
    """Return the text of a whole document."""
    runs = ",\n".join(map(_whole_run, document["runs"]))
    return f"{_document_opening()}\n{runs}]}}\n"


def _whole_run(run: Run) -> str:
    records = ",\n".join(map(line, run["records"]))
    return f"{_run_opening(run)}{records}\n]}}"


def _document_opening() -> str:
    return f'{{"schema_version": {SCHEMA_VERSION}, "runs": ['


def _run_opening(header: Mapping[str, Any]) -> str:
    return "{" + ",\n".join(_header_lines(header)) + ',\n"records": [\n'


def _header_lines(header: Mapping[str, Any]) -> Iterator[str]:
    for key in ("environment", "started", "command", "not_run", "fingerprint"):
        yield f'"{key}": {line(header[key])}'
    clauses = ",\n".join(map(line, header["clauses"]))
    yield f'"clauses": [\n{clauses}\n]'
