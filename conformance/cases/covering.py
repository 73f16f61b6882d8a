"""Covering arrays: few rows of factors, with every combination of two or three values.

The search takes half a second, a quarter of the start of a process, and always has the same
result. So its rows are stored in covering_rows.json. After a change of the factors, renew the
file with ``python -m tests.helpers.covering_tables``.
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from covertable import make

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Factors = Mapping[str, Sequence[Any]]
    Constraints = Sequence[Mapping[str, Any]]

STORED = Path(__file__).with_name("covering_rows.json")


def covering_rows(
    factors: Factors, strength: int, constraints: Constraints = ()
) -> list[dict[str, Any]]:
    """Return rows with every combination of ``strength`` values, stored or computed."""
    kept = stored_rows().get(key(factors, strength, constraints))
    if kept is None:
        return compute_rows(factors, strength, constraints)
    return [
        {name: values[i] for i, (name, values) in zip(row, factors.items(), strict=True)}
        for row in kept
    ]


def nested_rows(
    factors: Factors, constraints: Constraints = ()
) -> list[tuple[dict[str, Any], bool]]:
    """Return rows with every pair of values, and whether each is one of the few with every value.

    Those few, which come first, are for calls that compile for every shape.
    """
    once = covering_rows(factors, 1, constraints)
    pairs = [row for row in covering_rows(factors, 2, constraints) if row not in once]
    return [(row, True) for row in once] + [(row, False) for row in pairs]


def compute_rows(
    factors: Factors, strength: int, constraints: Constraints = ()
) -> list[dict[str, Any]]:
    """Search for the rows."""
    rows: list[dict[str, Any]] = make(factors, strength=strength, constraints=list(constraints))
    return rows


def key(factors: Factors, strength: int, constraints: Constraints) -> str:
    """Return what the rows depend on, except the code of the constraints, which a test covers."""
    required = [constraint["requires"] for constraint in constraints]
    return sha256(repr((dict(factors), strength, required)).encode()).hexdigest()[:16]


@cache
def stored_rows() -> dict[str, list[list[int]]]:
    """Return the stored rows of each key, as indices of values."""
    found: dict[str, list[list[int]]] = json.loads(STORED.read_text("utf-8"))
    return found


def row_indices(factors: Factors, rows: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    """Return the rows in the form in which they are stored."""
    return [[values.index(row[name]) for name, values in factors.items()] for row in rows]
