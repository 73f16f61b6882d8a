"""The words for how bad a deviation is, the worst first."""

from __future__ import annotations

from typing import Literal, get_args

Severity = Literal[
    "wrong numbers, silently",
    "crash or hang",
    "memory never written",
    "loses or spreads NaN",
    "lower precision than promised",
    "refuses what it should take",
    "takes what it should refuse",
    "manners",
]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


def typed(severity: Severity) -> str:
    """Return a severity as it is typed in a terminal, ``wrong-numbers-silently``."""
    return severity.lower().replace(",", "").replace(" ", "-")
