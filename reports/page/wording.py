"""Formats names, prose and numbers for the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from conv2d_conformance.reports.tables.conventions import clip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.reports.document.model import Clause


def breakable(name: str) -> Markup:
    """Return ``name`` with places where a narrow column may break it.

    Set apart, so that a name that runs from right to left turns nothing but itself.
    """
    return Markup("<bdi>%s</bdi>") % Markup("<wbr>").join(escape(part) for part in _parts(name))


def _parts(name: str) -> Iterator[str]:
    start = 0
    for index, character in enumerate(name[:-1]):
        if character in "._-/":
            yield name[start : index + 1]
            start = index + 1
    yield name[start:]


def prose(text: str) -> Markup:
    """Return ``text`` with what stands between backticks set as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  (escaped)


def margin(value: float) -> str:
    """Return a worst error with its bound."""
    return f"{value:.2g} of its bound" if value <= 1 else f"{value:.3g} times its bound"


def sections(stated: list[Clause]) -> dict[str, list[Clause]]:
    """Return the clauses by section; clauses that no run states are separate."""
    found: dict[str, list[Clause]] = {}
    for clause in stated:
        found.setdefault(clause["section"] or "Not stated in this document", []).append(clause)
    return found


def heat(value: float, most: float) -> str:
    """Return how strongly to colour ``value`` relative to the largest, as a CSS property."""
    share = max(-1.0, min(1.0, value / most)) if most else 0.0
    return f"--heat:{abs(share):.2f}"


def most(rows: list[list[float]]) -> float:
    """Return the largest magnitude in ``rows``."""
    return max(abs(value) for row in rows for value in row)


FILTERS = {
    "breakable": breakable,
    "clip": clip,
    "heat": heat,
    "margin": margin,
    "most": most,
    "prose": prose,
}
