"""Checks documents against the types in `model`, and makes the published JSON Schema of them.

``python -m conv2d_conformance.reports.document.schema`` prints the schema.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError
from pydantic.json_schema import GenerateJsonSchema

from conv2d_conformance.reports.document.line_format import IMPLIED, fill_implied
from conv2d_conformance.reports.document.model import (
    CONFIG,
    SCHEMA_VERSION,
    Document,
    DocumentError,
    Record,
)
from conv2d_conformance.reports.document.problem import first_problem


def check_record(record: object, where: str) -> Record:
    """Return ``record``, completed with what a file may leave out, if its type allows it.

    Raises
    ------
    DocumentError
        Naming ``where``, the offending key and what was expected.
    """
    completed = fill_implied(record)
    _check(_records(), completed, where)
    return cast("Record", completed)


def check_frame(value: object, where: str) -> Document:
    """Return ``value`` if it is a results document, its records left aside.

    Raises
    ------
    DocumentError
        As `check_record` does.
    """
    _check(_documents(), _without_records(value), where)
    return cast("Document", value)


def published_schema() -> dict[str, Any]:
    """Return the JSON Schema of a document."""
    schema = _documents().json_schema(schema_generator=_Untitled)
    verdict = schema["$defs"]["VerdictRecord"]
    for key, default in IMPLIED.items():
        verdict["properties"][key]["default"] = default
    verdict["required"] = [key for key in verdict["required"] if key not in {"id", *IMPLIED}]
    title = f"conv2d-conformance results document, version {SCHEMA_VERSION}"
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema, "title": title}


class _Untitled(GenerateJsonSchema):
    """Gives no key a title: it would repeat its name."""

    def field_title_should_be_set(self, _: object) -> bool:
        return False


@cache
def _documents() -> TypeAdapter[Document]:
    return TypeAdapter(Document)


@cache
def _records() -> TypeAdapter[Record]:
    return TypeAdapter(Record, config=CONFIG)


def _check(adapter: TypeAdapter[Any], value: object, where: str) -> None:
    # Not what it returns: that is a copy, with its keys in another order.
    try:
        adapter.validate_python(value)
    except ValidationError as error:
        problem = first_problem(error.errors(include_url=False), value, where)
        msg = f"{problem}; see reports/document/schema.json"
        raise DocumentError(msg) from None


def _without_records(value: Any) -> Any:
    if not isinstance(value, dict) or not isinstance(value.get("runs"), list):
        return value
    return {**value, "runs": [_emptied(run) for run in value["runs"]]}


def _emptied(run: Any) -> Any:
    if isinstance(run, dict) and isinstance(run.get("records"), list):
        return {**run, "records": []}
    return run


if __name__ == "__main__":
    print(json.dumps(published_schema(), indent=2))
