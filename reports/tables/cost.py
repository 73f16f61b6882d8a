"""Where the time of a run went, by backend and in total."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conv2d_conformance.reports.tables.conventions import labels

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Document

ACCOUNTS = {
    "calls": "the framework's calls",
    "first_calls": "first calls of a shape, with compilation",
    "probe": "the probe, its calls included",
    "determinism": "the same calls in other processes",
    "reference": "the reference",
    "start_up": "start-up, with the framework's import",
    "collection": "collection of the checks",
    "waiting": "waiting for other runs",
    "harness": "the suite itself",
}


@dataclass(frozen=True)
class CostRow:
    """Seconds of one backend, in all and as a share of them by account."""

    label: str
    seconds: float
    shares: dict[str, float]


def cost_rows(document: Document) -> list[CostRow]:
    """Return a row for each backend whose cost was recorded, and the sum of them first."""
    names = labels(document)
    spent = {
        names[run["environment"], record["backend"]]: record["value"]
        for run in document["runs"]
        for record in run["records"]
        if record["kind"] == "fact" and record["fact"] == "cost"
    }
    if not spent:
        return []
    total = {name: sum(_seconds(one, name) for one in spent.values()) for name in ACCOUNTS}
    return [_row("all", total), *(_row(label, value) for label, value in spent.items())]


def _row(label: str, value: Any) -> CostRow:
    seconds = sum(_seconds(value, name) for name in ACCOUNTS)
    return CostRow(
        label,
        seconds,
        {name: _seconds(value, name) / seconds if seconds else 0.0 for name in ACCOUNTS},
    )


def _seconds(value: Any, account: str) -> float:
    # A call that does not compile has no first calls apart.
    found = value.get(account) if isinstance(value, dict) else None
    return float(found or 0.0)
