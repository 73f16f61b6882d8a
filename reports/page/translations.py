"""The translations between calls, as the page's picker needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from conv2d_conformance.reports.page.budget import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOM = 2_000_000


class Translation(TypedDict):
    """The code in ``to`` that gives the numbers of each call in ``of``, or ``why`` there is none.

    ``kernel`` is ``odd`` or ``even``.
    """

    of: list[str]
    to: str
    padding: str
    kernel: str
    code: str | None
    why: str | None


def picker(translations: Sequence[Translation]) -> dict[str, Any]:
    """Return the names and, for each answer, [of, to, padding, kernel, code, why] by position."""
    names, texts = Table(10**7), Table(ROOM)
    rows = [
        [
            [names.place(name) for name in one["of"]],
            names.place(one["to"]),
            one["padding"],
            one["kernel"],
            texts.place(one["code"]),
            texts.place(one["why"]),
        ]
        for one in translations
    ]
    return {"names": names.values, "texts": texts.values, "rows": rows}
