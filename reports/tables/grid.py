"""One row for each call, its variants folded under it, and one cell for each property."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conv2d_conformance.reports.tables.conventions import clip, conventions, describe_fact
from conv2d_conformance.reports.tables.layers import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conv2d_conformance.reports.document.model import Document
    from conv2d_conformance.reports.tables.deviations import Deviation

    Facts = Mapping[str, Any]

COLUMNS = ("Kernel", "Anchor", "Boundary", "`same` with a stride", "NaN", "Subnormals",
           "Integers that overflow", "Precision", "Dangerous deviations")  # fmt: skip
READINGS = {"convolution": "flipped", "correlation": "as it is"}
UNKNOWN = "not measured"
# The number itself, and the exception, stand with every other measured fact.
SAID_BRIEFLY = {"gives": "gives another number", "refused:": "refused"}
LONGEST = 60


@dataclass
class GridRow:
    """One call: the cells of each variant, by its label."""

    call: str
    variants: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def cells(self) -> list[dict[str, list[str]]]:
        """For each column, the variants by value: one value where all of them agree."""
        found: list[dict[str, list[str]]] = [{} for _ in COLUMNS]
        for label, values in self.variants.items():
            for cell, value in zip(found, values, strict=True):
                cell.setdefault(value, []).append(label)
        return found


def grid(document: Document, deviating: Sequence[Deviation]) -> list[GridRow]:
    """Return a row for each plain convolution of which anything was measured."""
    values = _values(document)
    dangers = _dangers(deviating)
    rows: dict[str, GridRow] = {}
    for one in conventions(document):
        if facts := values.get((one.environment, one.backend)):
            name = one.backend.partition("-")[0]
            row = rows.setdefault(name, GridRow(name))
            row.variants[one.label] = (*_cells(facts), str(dangers.get(one.label, "none")))
    return list(rows.values())


def _values(document: Document) -> dict[tuple[str, str], dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for run in document["runs"]:
        for record in run["records"]:
            if record["kind"] == "fact":
                facts = found.setdefault((run["environment"], record["backend"]), {})
                facts[record["fact"]] = record["value"]
    return found


def _dangers(deviating: Sequence[Deviation]) -> dict[str, int]:
    """Count the dangerous causes of each call, by its label."""
    found: dict[str, int] = {}
    for one in deviating:
        for label in one.backends if one.dangerous else ():
            found[label] = found.get(label, 0) + 1
    return found


def _cells(facts: Facts) -> tuple[str, ...]:
    special = _dict(facts, "special_values")
    reading = _said(facts, "orientation")
    return (
        READINGS.get(reading, reading),
        _said(facts, "anchor"),
        _said(facts, "boundary"),
        _strided(_dict(facts, "layers")),
        _said(special, "nan"),
        _said(special, "subnormals"),
        _overflow(special),
        _precision(_dict(facts, "precision")),
    )


def _dict(facts: Facts, name: str) -> Facts:
    value = facts.get(name)
    return value if isinstance(value, dict) else {}


def _said(facts: Facts, name: str) -> str:
    return clip(describe_fact(name, facts[name]), LONGEST) if name in facts else UNKNOWN


def _strided(layers: Facts) -> str:
    rule = layers.get("strided_same", UNKNOWN)
    known = rule is None or isinstance(rule, str)
    return RULES.get(rule, str(rule)) if known else clip(str(rule), LONGEST)


def _overflow(special: Facts) -> str:
    if "integer_overflow" not in special:
        return UNKNOWN
    value = special["integer_overflow"]
    answers = value.values() if isinstance(value, dict) else (value,)
    said = (SAID_BRIEFLY.get(str(v).partition(" ")[0], str(v)) for v in answers)
    return clip(", ".join(dict.fromkeys(said)), LONGEST) or "takes none"


def _precision(precision: Facts) -> str:
    """Return the dtypes that are computed in less than themselves."""
    if not precision:
        return UNKNOWN
    taken = {dtype: v for dtype, v in precision.items() if isinstance(v, dict)}
    lowered = [
        f"{dtype} as {value.get('class') or 'less'}"
        for dtype, value in taken.items()
        if value.get("grade") == "lowered" or value.get("class") not in (None, dtype)
    ]
    return clip(", ".join(lowered), LONGEST) or "as the dtype"
