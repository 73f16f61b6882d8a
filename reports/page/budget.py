"""Stores each text and number once, by position, within the size limit of a page."""

from __future__ import annotations

from typing import Any

from conv2d_conformance.reports.tables.conventions import clip


class Table:
    """Values by position; a value that no longer fits is -1, and only the document has it.

    Parameters
    ----------
    room : int
        Characters that all values may take together.
    longest : int
        Characters of one value; a longer one is cut, and says so.
    """

    def __init__(self, room: int, longest: int = 3000) -> None:
        self.values: list[Any] = []
        self._found: dict[str, int] = {}
        self._room = room
        self._longest = longest

    def place(self, text: str | None) -> int | None:
        """Return the position of ``text``; None for no text."""
        if not text:
            return None
        if text not in self._found:
            cut = clip(text, self._longest)
            self._found[text] = self.put(cut, len(cut))
        return self._found[text]

    def put(self, value: Any, size: int) -> int:
        """Return the position of a value of ``size`` characters that nothing else names."""
        if size > self._room:
            return -1
        self._room -= size
        self.values.append(value)
        return len(self.values) - 1
