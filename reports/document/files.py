"""Reads, writes and merges results documents."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

from conv2d_conformance.reports.document.line_format import document_text
from conv2d_conformance.reports.document.model import SCHEMA_VERSION, Document, DocumentError, Run
from conv2d_conformance.reports.document.recorder import Recorder
from conv2d_conformance.reports.document.schema import check_frame, check_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["Document", "DocumentError", "Recorder", "load", "merge", "save"]


def load(path: Path) -> Document:
    """Return the results document at ``path``.

    Raises
    ------
    DocumentError
        If the file is missing, is not complete JSON, is something else, has an unknown schema
        version, or does not fit the schema; the message is one line.
    """
    value = _parse(_read(path), path)
    _recognise(value, path)
    document = check_frame(value, str(path))
    for number, run in enumerate(document["runs"]):
        where = f"{path}: runs[{number}].records"
        records = enumerate(run["records"])
        run["records"] = [check_record(record, f"{where}[{index}]") for index, record in records]
        _check_ids(run, path)
    return document


def save(document: Document, path: Path, *, brief: bool = False) -> None:
    """Write a complete document, one record per line, and replace what is at ``path``.

    A brief document is for committing: its verdicts leave out what is null or can be derived.

    Raises
    ------
    DocumentError
        If the file cannot be written.
    """
    if not path.name:
        msg = f"{path}: is a folder, not a file; choose another place"
        raise DocumentError(msg)
    # Two commands may write one path at once.
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(document_text(document, brief=brief), "utf-8", newline="\n")
        fresh.replace(path)
    except OSError as error:
        msg = f"{path}: cannot write ({error.strerror}); choose another place"
        raise DocumentError(msg) from error


def merge(documents: Iterable[Document], expected: Sequence[str] = ()) -> Document:
    """Return one document with the newest run of each environment.

    Parameters
    ----------
    documents : iterable of Document
        Of two runs of one environment, the one that started last is used.
    expected : sequence of str
        Environments that must be there, in this order; one without a run becomes a run that
        says so.
    """
    newest: dict[str, Run] = {name: _absent(name) for name in expected}
    for document in documents:
        for run in document["runs"]:
            held = newest.get(run["environment"])
            if held is None or _started(run) >= _started(held):
                newest[run["environment"]] = run
    return {"schema_version": SCHEMA_VERSION, "runs": list(newest.values())}


def _absent(environment: str) -> Run:
    command = f"tox run -e {environment}"
    return {
        "environment": environment,
        "started": None,
        "command": command,
        "not_run": f"no results document; run `{command}`",
        "fingerprint": None,
        "clauses": [],
        "records": [],
    }


def _started(run: Run) -> datetime:
    text = run["started"]
    return datetime.fromisoformat(text) if text else datetime.min.replace(tzinfo=UTC)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        msg = (
            f"{path}: no such results document; write it with `pytest conformance --results {path}`"
        )
    except UnicodeDecodeError:
        msg = f"{path}: not a results document (not UTF-8 text); write it with --results"
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}); check the path and its permissions"
    raise DocumentError(msg)


def _parse(text: str, path: Path) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}: {error.msg}"
        advice = "run again, or close the last complete line before it with ]}]}"
        msg = f"{path}: not complete JSON ({place}); {advice}"
    except (ValueError, RecursionError) as error:
        msg = f"{path}: not strict JSON ({error}); write it with --results"
    raise DocumentError(msg)


def _refuse_constant(name: str) -> NoReturn:
    msg = f"it holds a bare {name}"
    raise ValueError(msg)


def _recognise(value: Any, path: Path) -> None:
    if not isinstance(value, dict) or not {"schema_version", "runs"} <= value.keys():
        msg = f"{path}: JSON, but no results document (no schema_version and runs); check the path"
        raise DocumentError(msg)
    version = value["schema_version"]
    if version is True or version != SCHEMA_VERSION:
        advice = "run again, or read it with the release that wrote it"
        read = f"this release reads {SCHEMA_VERSION}"
        msg = f"{path}: schema version {version!r:.20}, {read}; {advice}"
        raise DocumentError(msg)


def _check_ids(run: Run, path: Path) -> None:
    seen: set[str] = set()
    for record in run["records"]:
        if record["kind"] == "verdict":
            if record["id"] in seen:
                msg = f"{path}: two verdicts in one run share the id {record['id']!r}; run it again"
                raise DocumentError(msg)
            seen.add(record["id"])
