"""Padding words: what each means to a framework that names its paddings otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Tuple

from backends.protocol import PADDINGS, Unsupported

if TYPE_CHECKING:
    from backends.protocol import Array

    Pairs = Tuple[Tuple[int, int], Tuple[int, int]]


def known(padding: str) -> str:
    """Return the word if it is one of the contract's; a framework's own spelling is not."""
    if padding not in PADDINGS:
        msg = f"padding must be 'valid', 'same' or 'full', not {padding!r}"
        raise ValueError(msg)
    return padding


def only(words: tuple[str, ...], padding: str, why: str) -> str:
    """Return the word if the call has it.

    Raises
    ------
    Unsupported
        If it is a word of the contract that the call does not have; ``why`` says what to do.
    """
    if known(padding) not in words:
        raise Unsupported(why)
    return padding


def full(k: Array) -> Pairs:
    """Rows (top, bottom) and columns (left, right) that give ``full`` when padded explicitly."""
    rows, columns = k.shape
    return (rows - 1, rows - 1), (columns - 1, columns - 1)
