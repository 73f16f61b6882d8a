"""Checks a document against the published schema, fast enough for 250 000 records."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import (  # type: ignore[import-untyped]
    ValidationError,
    best_match,
)

from conv2d_conformance.reports.document.model import DocumentError


@cache
def load_schema() -> dict[str, Any]:
    """Return the published JSON Schema."""
    # Not by the package's name: a folder `reports` in the working folder may come first.
    schema: dict[str, Any] = json.loads(Path(__file__).with_name("schema.json").read_text("utf-8"))
    return schema


class RecordChecker:
    """Checks records against the schema, each *shape* of record once.

    Notes
    -----
    The schema restricts records by types, keys and enumerated words alone (a test holds it to
    that), so two records with equal shapes are both valid or both invalid.
    """

    def __init__(self) -> None:
        schema = load_schema()
        self._validator = _validator("record")
        self._words = frozenset(_enumerated(schema))
        self._seen: set[object] = set()

    def check(self, record: object, where: str) -> None:
        """Raise if ``record`` is not one that the schema allows.

        Raises
        ------
        DocumentError
            Naming ``where``, the offending key and what was expected.
        """
        shape = self._shape(record)
        # The end's timestamp has a pattern, which a shape cannot see.
        if shape in self._seen and not (isinstance(record, dict) and "finished" in record):
            return
        _raise_best(self._validator, record, where)
        self._seen.add(shape)

    def _shape(self, value: object) -> object:
        if isinstance(value, str):
            return value if value in self._words else "string"
        if isinstance(value, dict):
            return tuple((key, self._shape(item)) for key, item in value.items())
        if isinstance(value, list):
            return ("list", *map(self._shape, value))
        if isinstance(value, float) and value.is_integer():
            return int
        return type(value)


def check_document(value: object, where: str) -> None:
    """Raise unless ``value`` is a results document.

    Raises
    ------
    DocumentError
        Naming ``where``, the first offending place in it and what was expected.
    """
    check_frame(value, where)
    assert isinstance(value, dict)
    checker = RecordChecker()
    for number, run in enumerate(value["runs"]):
        for index, record in enumerate(run["records"]):
            checker.check(record, f"{where}: runs[{number}].records[{index}]")


def check_frame(value: object, where: str) -> None:
    """Raise unless ``value`` is a results document, its records left aside.

    Raises
    ------
    DocumentError
        As `check_document` does.
    """
    _raise_best(_validator(None), _without_records(value), where)


@cache
def _validator(definition: str | None) -> Any:
    schema = load_schema()
    if definition is None:
        return Draft202012Validator(schema)
    return Draft202012Validator({"$defs": schema["$defs"], "$ref": f"#/$defs/{definition}"})


def _without_records(value: Any) -> Any:
    if not isinstance(value, dict) or not isinstance(value.get("runs"), list):
        return value
    return {**value, "runs": [_emptied(run) for run in value["runs"]]}


def _emptied(run: Any) -> Any:
    if isinstance(run, dict) and isinstance(run.get("records"), list):
        return {**run, "records": []}
    return run


def _enumerated(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(_enumerated, schema))
    if not isinstance(schema, dict):
        return set()
    words = {*schema.get("enum", ()), schema.get("const")}
    return {word for word in words if isinstance(word, str)}.union(
        *map(_enumerated, schema.values())
    )


def _raise_best(validator: Any, value: object, where: str) -> None:
    error = best_match(validator.iter_errors(value))
    if error is not None:
        msg = (
            f"{_place(error, where)}: {_one_line(error.message)}; see reports/document/schema.json"
        )
        raise DocumentError(msg)


def _place(error: ValidationError, where: str) -> str:
    path = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in error.absolute_path)
    if not path:
        return where
    return f"{where}{path}" if where.endswith("]") else f"{where}: {path.lstrip('.')}"


def _one_line(text: str, limit: int = 200) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"
