"""What `upgrade` times in turns, and what it times once more alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.runtime.time_budget import LADDER, OverBudget
from conv2d_conformance.upgrade import remote_pairs, speed
from conv2d_conformance.upgrade.compare_speed import Ratio

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.cases.case import Case

QUICK, SLOW, *_ = LADDER


@dataclass
class Side:
    """One of two versions."""

    name: str

    def has(self, backend: str) -> str:
        return f"{backend}@{self.name}"


def timed(case: Case) -> dict[str, Any]:
    return {"kind": "timing", "backend": "photo", "case": case.id, "median": 0.001}


def left_out(case: Case) -> dict[str, Any]:
    return {"kind": "left out", "backend": "photo", "case": case.id, "reason": "too slow"}


def document(*records: dict[str, Any]) -> dict[str, Any]:
    return {"runs": [{"records": [*records, {"kind": "end"}]}]}


def documents(*after: dict[str, Any]) -> Any:
    """Two documents: both sizes are timed in the first."""
    return document(timed(QUICK), timed(SLOW)), document(*after)


def slower(case: Case) -> Ratio:
    return Ratio(case, 40.0, 30.0, 50.0, 0.999, 18, slower=True, confirmed=True)


@pytest.fixture
def measure(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[list[str], list[str]]]:
    """Add ratios to the second document; only so many sizes fit at once."""

    def run(fits: Callable[[list[Case]], list[Case]], *after: dict[str, Any]) -> Any:
        def ratios(_: object, cases: list[Case], *__: object) -> list[Ratio]:
            if not (chosen := fits(cases)):
                reason = "no case fits"
                raise OverBudget(reason)
            return [slower(case) for case in chosen]

        monkeypatch.setattr(remote_pairs, "ratios", ratios)
        sides: Any = [Side("one"), Side("two")]
        both = documents(*after)
        unjudged = speed.add_ratios(sides, {"photo.py:Photo": "photo"}, both, 1.0)
        records = both[1]["runs"][0]["records"]
        return [r["case"] for r in records if r["kind"] == "ratio" and r["slower"]], unjudged

    return run


def test_a_size_that_became_too_slow_to_be_timed_is_timed_alone_and_is_slower(
    measure: Callable[..., tuple[list[str], list[str]]],
) -> None:
    found = measure(lambda cases: cases[:1], timed(QUICK), left_out(SLOW))
    assert found == ([QUICK.id, SLOW.id], [])


def test_a_size_that_does_not_fit_alone_either_is_said(
    measure: Callable[..., tuple[list[str], list[str]]],
) -> None:
    found, (unjudged,) = measure(lambda c: [QUICK] * (QUICK in c), timed(QUICK), left_out(SLOW))
    assert found == [QUICK.id]
    assert f"photo: {SLOW.id} got slower than fits; give it more --seconds" in unjudged


def test_sizes_that_fit_nowhere_are_said(
    measure: Callable[..., tuple[list[str], list[str]]],
) -> None:
    found, (unjudged,) = measure(lambda _: [], timed(QUICK), timed(SLOW))
    assert found == []
    assert "no case fits" in unjudged
