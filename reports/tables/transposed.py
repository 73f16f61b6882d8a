"""The measured facts of each transposed convolution: kernel, size and crop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conv2d_conformance.reports.tables.conventions import TRANSPOSED, measured_conventions

if TYPE_CHECKING:
    from typing import Any

    from conv2d_conformance.reports.document.model import Document
    from conv2d_conformance.reports.tables.conventions import Conventions

ENDS = {
    "kernel": "with the last pixel's kernel, (H - 1)s + K",
    "stride": "with the last pixel's stride, H·s",
}
SIDES = {"upper": "after", "lower": "before"}
EXTRAS = {
    "after": "after",
    "before": "before",
    "halved": "after; under same before and after in turn",
    "refused": "none taken",
}


@dataclass(frozen=True)
class TransposedRow:
    """One transposed convolution; ``crops`` are rows and columns (before, after) by layer."""

    label: str
    kernel: str
    ends: str
    odd: str
    extra: str
    options: str
    consistent: str
    crops: dict[str, str]


def transposed_rows(document: Document) -> list[TransposedRow]:
    """Return a row for each transposed convolution."""
    every = measured_conventions(document)
    crops = {
        (run["environment"], record["backend"]): record["value"]
        for run in document["runs"]
        for record in run["records"]
        if record["kind"] == "fact" and record["fact"] == "crops"
    }
    return [
        _row(one, crops.get((one.environment, one.backend), {}))
        for one in every
        if one.operation == TRANSPOSED
    ]


def _row(one: Conventions, crops: Any) -> TransposedRow:
    return TransposedRow(
        one.label,
        one.words("reads"),
        ENDS.get(one.words("ends"), one.words("ends")),
        SIDES.get(one.words("anchor"), one.words("anchor")),
        EXTRAS.get(one.words("output_padding"), one.words("output_padding")),
        one.words("options"),
        one.words("consistent"),
        {layer: _crop_text(crop) for layer, crop in crops.items()}
        if isinstance(crops, dict)
        else {},
    )


def _crop_text(crop: Any) -> str:
    """``1, 2`` where both axes agree."""
    rows, columns = (", ".join(map(str, axis)) for axis in crop)
    return rows if rows == columns else f"{rows}; columns {columns}"
