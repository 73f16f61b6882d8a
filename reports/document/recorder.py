"""Writes a results document record by record; a killed run keeps its records so far."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from filelock import FileLock, Timeout

from conv2d_conformance.reports.document.line_format import (
    FOOTER,
    opening,
    to_json_types,
)
from conv2d_conformance.reports.document.model import SCHEMA_VERSION, DocumentError
from conv2d_conformance.reports.document.schema import check_frame, check_record

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Record, RunHeader


class Recorder:
    """A results document that is complete, valid JSON after every `add`.

    Parameters
    ----------
    path : Path
        The path of the document. An existing file is replaced; missing folders are made.
    header : RunHeader
        The run, without its records.

    Raises
    ------
    DocumentError
        If the header does not fit the schema, or the file cannot be written or is being written by
        another run.

    Notes
    -----
    Each record is one ``write`` over the closing footer: nothing is buffered in this process, so
    ``kill -9`` between two adds loses nothing. If the disk fills, the footer is put back.
    """

    def __init__(self, path: Path, header: RunHeader) -> None:
        frame = {"schema_version": SCHEMA_VERSION, "runs": [{**header, "records": []}]}
        check_frame(to_json_types(frame), str(path))
        self._path = path
        self._claim = self._claim_path()
        self._ids: set[str] = set()
        self._separator = ""
        self._footer_at = self._start(opening(header))
        self._file = path.open("r+b", buffering=0)

    def add(self, record: Record) -> None:
        """Append ``record`` and return once it is in the file.

        Raises
        ------
        DocumentError
            If the record does not fit the schema, repeats a verdict's id, or cannot be written.
        """
        value = to_json_types(record)
        text = json.dumps(value, allow_nan=False)
        self._accept(value)
        body = (self._separator + text).encode()
        self._write_at(self._footer_at, body + FOOTER.encode())
        self._footer_at += len(body)
        self._separator = ",\n"

    def close(self) -> None:
        """Close the file; the document is complete with or without this."""
        self._file.close()
        self._claim.release()
        with suppress(OSError):
            Path(self._claim.lock_file).unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _claim_path(self) -> FileLock:
        """Return a lock that one run alone holds; a run that is killed loses it."""
        lock = FileLock(self._path.with_name(f".{self._path.name}.lock"), timeout=0)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as error:
            msg = f"{self._path}: another run writes it now; wait, or choose another --results"
            raise DocumentError(msg) from error
        except OSError as error:
            raise self._cannot_write(error) from error
        except NotImplementedError:  # a file system without locks
            pass
        return lock

    def _cannot_write(self, error: OSError) -> DocumentError:
        advice = "choose another --results"
        return DocumentError(f"{self._path}: cannot write results ({error.strerror}); {advice}")

    def _start(self, text: str) -> int:
        # A rename: whoever reads the path sees the old document or the new one, never half of one.
        fresh = self._path.with_name(f"{self._path.name}.new")
        try:
            fresh.write_text(text.removesuffix("\n") + FOOTER, "utf-8", newline="\n")
            fresh.replace(self._path)
        except OSError as error:
            raise self._cannot_write(error) from error
        return len(text.encode())

    def _accept(self, record: dict[str, Any]) -> None:
        check_record(record, f"{self._path}: record {record.get('id', '')}".rstrip())
        if record["kind"] != "verdict":
            return
        if record["id"] in self._ids:
            msg = f"{self._path}: verdict id {record['id']!r} was used before; ids are unique"
            raise DocumentError(msg)
        self._ids.add(record["id"])

    def _write_at(self, offset: int, data: bytes) -> None:
        try:
            self._file.seek(offset)
            if self._file.write(data) != len(data):
                self._restore(offset)
                msg = f"{self._path}: the disk is full; the document ends before this record"
                raise DocumentError(msg)
        except OSError as error:
            self._restore(offset)
            msg = f"{self._path}: cannot append ({error.strerror}); it keeps what it had"
            raise DocumentError(msg) from error

    def _restore(self, offset: int) -> None:
        self._file.seek(offset)
        self._file.write(FOOTER.encode())
        self._file.truncate()
