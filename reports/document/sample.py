"""The part of a wrong result that a document contains, to be drawn."""

from __future__ import annotations

from typing_extensions import TypedDict


class Sample(TypedDict, closed=True):
    """A window of a wrong result around its worst element; rows of numbers separated by blanks."""

    of: str
    """Empty for the result, or the operand by which it is the gradient."""
    shape: list[int]
    """Of the whole result."""
    corner: list[int]
    """Index of the window's first element, on the last two axes."""
    worst: list[int]
    """Index of the worst element, on every axis."""
    expected: list[str]
    got: list[str]
    difference: list[str]
    """Got less expected, taken before they were rounded for show."""
