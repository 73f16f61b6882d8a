"""The data of the page's plots; the tables next to them show the same without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conv2d_conformance.reports.page.precision import BITS
from conv2d_conformance.reports.page.speed import points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conv2d_conformance.reports.document.model import Document
    from conv2d_conformance.reports.page.precision import PrecisionRow


def plots(document: Document, precision: Sequence[PrecisionRow]) -> dict[str, Any]:
    """Return the points of each plot; ``precision`` has the rows of the table next to it."""
    return {
        "timings": points(document),
        "precision": [_bits(row) for row in precision],
        "full": BITS,
    }


def _bits(row: PrecisionRow) -> dict[str, Any]:
    margin = row.margin if row.margin is not None and 0 < row.margin < float("inf") else None
    return {
        "backend": row.label,
        "dtype": row.dtype,
        "bits": row.operand,
        "lowered": row.lowered,
        "computed": row.computed,
        "grade": row.grade,
        "margin": float(f"{margin:.2e}") if margin is not None else None,
    }
