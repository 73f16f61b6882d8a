"""Parses a table of numbers from text: separated by commas, semicolons, tabs or spaces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array

# The significant digits that identify any float32 exactly.
FLOAT32_DIGITS = 9
MANTISSA = re.compile(r"[-+]?0*\.?0*(\d*)\.?(\d*)")


def parse(text: str) -> Array:
    """Parse a table of numbers.

    Parameters
    ----------
    text : str
        Lines that are empty or begin with ``#`` are left out. A comma is a decimal comma where
        semicolons separate and there is no point.

    Returns
    -------
    ndarray, (H, W)
        float64 if a number has more than 9 significant digits. Otherwise float32, which 9 digits
        identify exactly.

    Raises
    ------
    ValueError
        If a cell is not a number, or rows differ in length; the message names the line.
    """
    rows: list[list[str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        rows.append(_cells(line, text))
        if len(rows[-1]) != len(rows[0]):
            msg = f"line {number} has {len(rows[-1])} numbers, the first row {len(rows[0])}"
            raise ValueError(msg)
        for cell in rows[-1]:
            _check(cell, number)
    digits = max((_digits(cell) for row in rows for cell in row), default=0)
    made = np.array(rows, dtype=np.float64) if rows else np.empty((0, 0))
    return made if digits > FLOAT32_DIGITS else made.astype(np.float32)


def _cells(line: str, text: str) -> list[str]:
    """Split a line into cells; a trailing separator does not start another cell."""
    mark = next((m for m in (";", "\t", ",") if m in text), None)
    if mark is None:
        return line.split()
    if mark == ";" and "." not in text:
        line = line.replace(",", ".")
    return [cell.strip() for cell in line.strip().removesuffix(mark).split(mark)]


def _check(cell: str, line: int) -> None:
    """Check that a cell is a number.

    Raises
    ------
    ValueError
        If it is not.
    """
    try:
        float(cell)
    except ValueError:
        msg = f"line {line} has {cell[:20]!r}, which is no number; leave out headings and words"
        raise ValueError(msg) from None


def _digits(cell: str) -> int:
    """Count the significant digits of a number as it was written."""
    found = MANTISSA.match(cell)
    return sum(map(len, found.groups())) if found else 0
