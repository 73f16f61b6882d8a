"""The measured facts of each backend in words, and where they differ from the declared ones."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conv2d_conformance.reports.tables.measured import answers_of_run, sentence
from conv2d_conformance.reports.tables.summary import Key, backends

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conv2d_conformance.reports.document.model import Document, FactRecord, Run

SUMMARISED_FACTS = (
    "orientation",
    "anchor",
    "boundary",
    "larger_kernel",
    "full",
    "output_dtypes",
    "consistent",
    "layers",
    "cost",
)
LIMIT = 300
MOST_OF_A_CLAUSE = 1500
CONV2D, TRANSPOSED = "conv2d", "conv_transpose2d"


@dataclass(frozen=True)
class Fact:
    """One measured fact in words; ``differs`` holds what was declared instead, or is empty."""

    name: str
    words: str
    differs: str = ""
    detail: str = ""


@dataclass
class Conventions:
    """The facts of one backend in one environment."""

    environment: str
    backend: str
    label: str
    orientation: str | None = None
    facts: dict[str, Fact] = field(default_factory=dict)

    def words(self, name: str) -> str:
        """Return the fact in words; a fact that was not measured says so."""
        return self.facts[name].words if name in self.facts else "not measured"

    @property
    def operation(self) -> str:
        """Return the operation of the call; a document may omit it for a plain convolution."""
        return self.words("operation") if "operation" in self.facts else CONV2D

    @property
    def others(self) -> list[Fact]:
        """The facts that have no column of their own."""
        return [fact for name, fact in self.facts.items() if name not in SUMMARISED_FACTS]


def conventions(document: Document) -> list[Conventions]:
    """Return what was measured of each plain convolution, in the order of the document."""
    return [one for one in measured_conventions(document) if one.operation != TRANSPOSED]


def measured_conventions(document: Document) -> list[Conventions]:
    """Return what was measured of each backend, in the order of the document."""
    names = labels(document)
    return [found for run in document["runs"] for found in _of_run(run, names)]


def labels(document: Document) -> dict[Key, str]:
    """Return what to call each (environment, backend): the environment only where needed."""
    keys = [(run["environment"], name) for run in document["runs"] for name in backends(run)]
    names = [name for _, name in keys]
    return {
        (environment, name): name if names.count(name) == 1 else f"{name} ({environment})"
        for environment, name in keys
    }


def describe_fact(name: str, value: Any) -> str:
    """Return the value of a fact in plain words."""
    if value is None:
        return "cannot be told"
    if name == "anchor" and isinstance(value, dict):
        return _anchor(value)
    if name == "output_dtypes" and isinstance(value, dict):
        return _dtypes(value)
    return clip(_plainly(value))


def clip(text: str, limit: int = LIMIT) -> str:
    """Return ``text``, cut short where it is longer than ``limit``, with a note of the cut."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text) - limit} more characters in the results document)"


def _of_run(run: Run, names: Mapping[Key, str]) -> Iterable[Conventions]:
    place = run["environment"]
    found = {name: Conventions(place, name, names[place, name]) for name in backends(run)}
    for record in run["records"]:
        if record["kind"] == "fact":
            found[record["backend"]].facts[record["fact"]] = _fact(record)
            if record["fact"] == "orientation" and isinstance(record["value"], str):
                found[record["backend"]].orientation = record["value"]
    for name, row in answers_of_run(run).items():
        for clause, said in row.items():
            fact = Fact(f"clause {clause}", clip(sentence(said), MOST_OF_A_CLAUSE))
            found[name].facts[fact.name] = fact
    return found.values()


def _fact(record: FactRecord) -> Fact:
    name, value, declared = record["fact"], record["value"], record["declared"]
    differs = "" if _agrees(value, declared) else describe_fact(name, declared)
    return Fact(name, describe_fact(name, value), differs, clip(record["detail"] or ""))


def _agrees(value: Any, declared: Any) -> bool:
    if declared is None or value == declared:
        return True
    # One declared word for both axes; an axis that is unknown contradicts nothing.
    axes = value.values() if isinstance(value, dict) else ()
    return isinstance(declared, str) and bool(axes) and all(a in (declared, None) for a in axes)


def _anchor(value: Mapping[str, Any]) -> str:
    rows, columns = (describe_fact("", value.get(axis)) for axis in ("rows", "columns"))
    return rows if rows == columns else f"rows {rows}, columns {columns}"


def _dtypes(value: Mapping[str, Any]) -> str:
    kept = [given for given, got in value.items() if given == got]
    moved: dict[str, list[str]] = {}
    for given, got in value.items():
        if given != got:
            moved.setdefault(_plainly(got), []).append(given)
    changes = [f"{', '.join(given)} → {got}" for got, given in moved.items()]
    return clip("; ".join([f"keeps {', '.join(kept)}", *changes] if kept else changes))


def _plainly(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plainly(item)}" for key, item in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(_plainly, value)) or "none"
    return value if isinstance(value, str) else json.dumps(value)
