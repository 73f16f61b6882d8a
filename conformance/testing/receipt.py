"""The receipt of a run: how much was planned, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conv2d_conformance.reports.tables.summary import LEFT_OUT, RAN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conv2d_conformance.reports.document.model import Outcome

REFUSED: frozenset[Outcome] = frozenset({"unsupported", "refused"})


@dataclass(frozen=True)
class Receipt:
    """How many checks were planned, judged, refused by the call, measured, and skipped.

    Parameters
    ----------
    planned : int
        Checks that the profile asks of the call.
    ran : int
        Those with a verdict: passed, failed, or failed as expected.
    refused : int
        Those for which the call does not take the case, or may refuse it.
    skipped : int
        The rest: left out by a selection, or not run.
    minimum : int
        The least ``ran`` that counts as a run.
    measured : int
        Those that say what the call does, which declares nothing that it could be held to.
    left_out : int
        Of those skipped, the ones that a selection left out: nobody asked the call.

    Examples
    --------
    >>> print(Receipt(planned=9, ran=1, refused=1, skipped=7, minimum=2, left_out=6))
    9 checks planned: 1 ran, 1 refused, 7 skipped (6 left out); at least 2 must run
    """

    planned: int
    ran: int
    refused: int
    skipped: int
    minimum: int = 1
    measured: int = 0
    left_out: int = 0

    @classmethod
    def from_outcomes(cls, outcomes: Iterable[Outcome], planned: int, minimum: int) -> Receipt:
        """Count outcomes; a check without one was left out."""
        counts = Counter(outcomes)
        refused = sum(counts[word] for word in REFUSED)
        ran = sum(counts[word] for word in RAN)
        measured = counts["measured"]
        skipped = planned - ran - refused - measured
        return cls(planned, ran, refused, skipped, minimum, measured, planned - counts.total())

    @property
    def enough(self) -> bool:
        """Whether as many ran as must."""
        return self.ran >= self.minimum

    @property
    def reduced(self) -> str:
        """How many checks were left out, in words; empty if none."""
        return f"{self.left_out} of {self.planned} {LEFT_OUT}" if self.left_out else ""

    def __str__(self) -> str:
        measured = f"{self.measured} measured, " if self.measured else ""
        counts = f"{self.ran} ran, {measured}{self.refused} refused, {self.skipped} skipped"
        counts += f" ({self.left_out} left out)" if self.left_out else ""
        wanted = "" if self.enough else f"; at least {self.minimum} must run"
        return f"{self.planned} checks planned: {counts}{wanted}"
