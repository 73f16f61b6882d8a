"""The layer options of each call, and its padding for ``same`` with a stride."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conv2d_conformance.reports.tables.conventions import labels

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Document

RULES = {
    "output": "as much as the last window needs",
    "input": "as with stride 1",
    "refused": "refused",
    None: "in none of the known ways",
}


@dataclass(frozen=True)
class LayerRow:
    """One backend that takes layers.

    Parameters
    ----------
    label : str
    options, layouts : str
        In words; "none" where there are none.
    gradients : bool
    rule : str
        How ``same`` pads with a stride.
    pads : dict
        Rows before and after the image, by the layer on which they were measured.
    """

    label: str
    options: str
    layouts: str
    gradients: bool
    rule: str
    pads: dict[str, str]


def layer_rows(document: Document) -> list[LayerRow]:
    """Return a row for each backend that takes more than an image and a kernel."""
    names = labels(document)
    return [
        _row(names[run["environment"], record["backend"]], record["value"])
        for run in document["runs"]
        for record in run["records"]
        if record["kind"] == "fact"
        and record["fact"] == "layers"
        and isinstance(record["value"], dict)
        and record["value"].get("options")
    ]


def _row(label: str, value: dict[str, Any]) -> LayerRow:
    measured = value.get("strided_same_pads") or {}
    return LayerRow(
        label,
        ", ".join(value["options"]),
        ", ".join(value.get("layouts") or ["none"]),
        bool(value.get("gradients")),
        RULES.get(value.get("strided_same"), str(value.get("strided_same"))),
        {layer: f"{before}, {after}" for layer, (before, after) in measured.items()},
    )
