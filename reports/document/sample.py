"""The part of a wrong result that a document contains, to be drawn."""

from __future__ import annotations

from typing import TypedDict


class Sample(TypedDict):
    """A window of a wrong result around its worst element; rows of numbers separated by blanks.

    ``of`` is "" for the result, or the operand by which it is the gradient; ``corner`` is where
    the window begins on the last two axes, ``worst`` the index of the worst element.
    """

    of: str
    shape: list[int]
    corner: list[int]
    worst: list[int]
    expected: list[str]
    got: list[str]
    difference: list[str]
