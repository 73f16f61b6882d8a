"""The bits that each call keeps of operands and sums, and its worst margin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conv2d_conformance.reports.tables.conventions import clip, labels
from conv2d_conformance.reports.tables.summary import verdicts, worse_margin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.reports.document.model import Document

# Bits of the significand, the hidden one included.
BITS = {"bfloat16": 8, "float16": 11, "float32": 24, "float64": 53}


@dataclass(frozen=True)
class PrecisionRow:
    """One backend in one dtype.

    ``operand`` is the bits of the operands that survive, ``sums`` those of the partial sums, None
    where none lost a bit; ``margin`` is the worst error of a check that passed, over its bound.
    """

    label: str
    dtype: str
    computed: str
    operand: int | None
    sums: int | None
    grade: str
    family: str
    reason: str
    margin: float | None

    @property
    def lowered(self) -> bool:
        """Whether it computes in less than its dtype; the rounding of an FFT is not that."""
        return self.grade == "lowered" or (bool(self.computed) and self.computed != self.dtype)

    @property
    def rounded(self) -> bool:
        """Whether it is as precise as its dtype only relative to large values, as an FFT is."""
        return self.grade == "norm-wise" and not self.lowered


def names_of(rows: list[PrecisionRow]) -> dict[str, list[str]]:
    """Return, by backend, its dtypes in words, of some rows."""
    found: dict[str, list[str]] = {}
    for row in rows:
        kept = f", {row.operand} of {BITS[row.dtype]} bits" if row.operand is not None else ""
        how = f" computed as {row.computed}" if row.lowered and row.computed else ""
        found.setdefault(row.label, []).append(f"{row.dtype}{how}{kept}")
    return found


def precision_rows(document: Document) -> list[PrecisionRow]:
    """Return a row for each backend and dtype whose precision was measured."""
    names, margins = labels(document), _margins(document)
    return [
        row
        for run in document["runs"]
        for record in run["records"]
        if record["kind"] == "fact" and record["fact"] == "precision"
        for row in _rows(names[run["environment"], record["backend"]], record["value"], margins)
    ]


def _rows(
    label: str, value: Any, margins: dict[tuple[str, str], float | None]
) -> Iterator[PrecisionRow]:
    if not isinstance(value, dict):
        return
    for dtype, found in value.items():
        if dtype in BITS and isinstance(found, dict):
            yield PrecisionRow(
                label,
                dtype,
                _text(found, "class"),
                _as_int(found.get("operand_bits")),
                _as_int(found.get("accumulator_bits")),
                _text(found, "grade"),
                _text(found, "family"),
                _text(found, "reason"),
                margins.get((label, dtype)),
            )


def _text(found: dict[str, Any], name: str) -> str:
    return clip(str(found.get(name) or ""))


def _as_int(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _margins(document: Document) -> dict[tuple[str, str], float | None]:
    """The worst margin of the checks that passed, by backend and the dtype that the case names."""
    names = labels(document)
    found: dict[tuple[str, str], float | None] = {}
    for run in document["runs"]:
        for verdict in verdicts(run):
            if verdict["outcome"] == "passed" and verdict["margin"] is not None:
                label = names[run["environment"], verdict["backend"]]
                for dtype in BITS.keys() & set(verdict["case"].split("/")):
                    held = found.get((label, dtype))
                    found[label, dtype] = worse_margin(held, verdict["margin"])
    return found
