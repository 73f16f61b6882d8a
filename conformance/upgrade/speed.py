"""The speed of an upgrade: times two versions of each backend in turns."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from conv2d_conformance.console import say
from conv2d_conformance.runtime.time_budget import OverBudget
from conv2d_conformance.upgrade import remote_pairs
from conv2d_conformance.upgrade.compare_speed import LEVEL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conv2d_conformance.cases.case import Case
    from conv2d_conformance.reports.document.model import Document, RatioRecord
    from conv2d_conformance.upgrade.compare_speed import Ratio
    from conv2d_conformance.upgrade.sides import Side

# Seconds. If five calls of a size take longer, no time for paired timing is left for the others.
LONGEST = 0.5


def add_ratios(
    both: Sequence[Side],
    names: Mapping[str, str],
    documents: tuple[Document, Document],
    seconds: float,
) -> list[str]:
    """Time the two in turns, put the ratios into the second document, and say what has too few.

    Parameters
    ----------
    both : sequence of Side
    names : mapping of str to str
        What selects each backend, and its name in the documents.
    documents : (Document, Document)
        Of the two sides, one run each; the second gets a record of each ratio.
    seconds : float
        Of the first measurement of each backend.
    """
    level = LEVEL / len(names)
    found: list[RatioRecord] = []
    unjudged = []
    for selector, name in names.items():
        ratios, why = _ratios(both, selector, name, documents, seconds, level)
        found += [remote_pairs.record(name, ratio, str(both[0])) for ratio in ratios]
        unjudged += [f"the speed of {name}: {why}; --seconds 0 leaves speed out"] if why else []
    (run,) = documents[1]["runs"]
    run["records"][-1:-1] = found
    return unjudged


def _ratios(
    both: Sequence[Side],
    selector: str,
    name: str,
    documents: tuple[Document, Document],
    seconds: float,
    level: float,
) -> tuple[list[Ratio], str]:
    """The ratios of one backend, and why they are not enough; that is empty if they are.

    Sizes that became too slow to be timed beside the others are timed once more, alone.
    """
    measure = partial(_in_turns, both, selector, seconds=seconds, level=level / 2)
    cases = remote_pairs.to_time(*documents, name)
    found, why = measure(cases)
    if lost := remote_pairs.unseen(*documents, name, found, LONGEST):
        alone, why_not = measure(lost)
        found, why = [*found, *alone], why or why_not
    if lost := remote_pairs.unseen(*documents, name, found, LONGEST):
        sizes = ", ".join(case.id for case in lost)
        return found, f"{sizes} got slower than fits; give it more --seconds"
    return found, why if len(found) < len(cases) else ""


def _in_turns(
    both: Sequence[Side], selector: str, cases: list[Case], *, seconds: float, level: float
) -> tuple[list[Ratio], str]:
    """The ratios of some cases, or why there are none."""
    if not cases:
        return [], ""
    say(f"timing {selector}: {both[0]} and {both[1]} in turns, {len(cases)} cases")
    selectors = both[0].has(selector), both[1].has(selector)
    try:
        return remote_pairs.ratios(selectors, cases, seconds, level, say), ""
    except OverBudget as error:
        return [], f"{error}; give it more --seconds"
    except Exception as error:  # noqa: BLE001  (whatever a framework raises; the rest goes on)
        return [], f"{type(error).__name__}: {error}"
