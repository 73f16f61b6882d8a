"""Writes the rows of the tables of layers anew: ``python -m tests.helpers.covering_tables``."""

from __future__ import annotations

import json
from typing import Any

from conv2d_conformance.cases import layer_tables, transposed_tables
from conv2d_conformance.cases.covering import STORED, compute_rows, key, row_indices

# Factors, strength and constraints of each table.
SEARCHES: list[tuple[dict[str, Any], int, list[dict[str, Any]]]] = [
    (layer_tables.FACTORS, 2, [layer_tables.WITH_OUTPUT]),
    (layer_tables.FACTORS, 3, [layer_tables.WITH_OUTPUT]),
    (layer_tables.WIDE_FACTORS, 1, layer_tables.WIDE_CONSTRAINTS),
    (layer_tables.WIDE_FACTORS, 2, layer_tables.WIDE_CONSTRAINTS),
    (layer_tables.FOLLOWED_FACTORS, 1, []),
    (layer_tables.FOLLOWED_FACTORS, 2, []),
    (transposed_tables.FACTORS, 2, []),
    (transposed_tables.PADDED, 2, [transposed_tables.WITH_ADJOINT]),
]


def searched() -> dict[str, list[list[int]]]:
    """What is to be kept."""
    return {key(*asked): row_indices(asked[0], compute_rows(*asked)) for asked in SEARCHES}


def text(rows: dict[str, list[list[int]]]) -> str:
    """One line of JSON for each table."""
    lines = (f"{json.dumps(name)}: {json.dumps(found)}" for name, found in rows.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    STORED.write_text(text(searched()), "utf-8")
