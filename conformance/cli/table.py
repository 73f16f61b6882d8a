"""Renders plain-text tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def render(rows: Sequence[Mapping[str, str]], columns: Mapping[str, str]) -> str:
    """Render rows under headings (key: heading), each column as wide as its widest cell."""
    lines = [list(columns.values()), *([row[key] for key in columns] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
