"""Counts the checks of a pytest session, and fails it where fewer ran than must.

Reports carry what is counted, so that the session that pytest-xdist distributes counts too.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.testing.checks import CheckSkipped
from conv2d_conformance.testing.parametrize import MARKER
from conv2d_conformance.testing.receipt import Receipt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.reports.document.model import Outcome

OUTCOME = f"{MARKER}_outcome"
# Of each test and call: planned and minimum, and the outcomes so far.
COUNTS = pytest.StashKey[dict[tuple[str, str, int, int], Counter["Outcome"]]]()


def label(items: list[pytest.Item]) -> None:
    """Let the reports of checks say what they count for."""
    for item in items:
        if mark := item.get_closest_marker(MARKER):
            facts = mark.kwargs
            test = item.nodeid.partition("[")[0]
            counted = [test, facts["call"], facts["planned"], facts["minimum"]]
            item.user_properties.append((MARKER, counted))


def count(config: pytest.Config, report: pytest.TestReport, counted: Any) -> None:
    """Count the outcome of one check."""
    if report.when != "call" and not report.failed:
        return
    test, call, planned, minimum = counted
    counts = config.stash.setdefault(COUNTS, {})
    outcomes = counts.setdefault((test, call, planned, minimum), Counter())
    outcomes[outcome_of(report)] += 1


def keep_outcome(item: pytest.Item, error: BaseException | None) -> None:
    """Let the report of a check say how it was skipped: pytest keeps only the reason."""
    if isinstance(error, CheckSkipped):
        item.user_properties.append((OUTCOME, error.outcome))


def outcome_of(report: pytest.TestReport) -> Outcome:
    """Return whether a check was judged, and if not, why: refused, measured or not run."""
    if report.when != "call":
        return "not run"
    if report.skipped and not hasattr(report, "wasxfail"):
        kept: dict[str, Any] = dict(report.user_properties)
        return kept.get(OUTCOME, "refused")  # type: ignore[no-any-return]  # a word of `keep_outcome`
    return "failed" if report.failed else "passed"


def receipts(config: pytest.Config) -> Iterator[tuple[str, Receipt]]:
    """Yield the receipt of each test and call of a session."""
    for (test, call, planned, minimum), counts in config.stash.get(COUNTS, {}).items():
        yield f"{test}, {call}", Receipt.from_outcomes(counts.elements(), planned, minimum)
