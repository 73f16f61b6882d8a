"""How long a call may take, by what calls of its backend have taken; and when it is given up."""

from __future__ import annotations

from math import ceil, prod
from typing import TYPE_CHECKING, Any

from conv2d_conformance.errors import NotRun

if TYPE_CHECKING:
    from collections.abc import Sequence

# A call that takes this many times what others took has room for a busy machine.
ROOM = 20
# Seconds that any call may take, for a library that is loaded late; and, the more calls have hung,
# the fewer, down to the second number.
FLOOR = 10.0
LEAST = 2.0
# Calls that may outrun their deadline if none has ever returned.
TRIES = 3
# Seconds that calls without a result may take in all.
LOST = 180.0


class Patience:
    """The deadline of each call of one backend, in all of its processes.

    Parameters
    ----------
    limit : float
        The longest deadline in seconds, which also holds until a call has returned.
    compiles : bool
        Whether a call may compile, which takes as long as it takes: each has the limit.
    """

    def __init__(self, limit: float, *, compiles: bool = False) -> None:
        self._limit, self._compiles = limit, compiles
        self._longest, self._rate = 0.0, 0.0
        self._exceeded, self._lost = 0, 0.0

    def deadline(self, operands: Sequence[Any]) -> float:
        """Return the seconds for a call on these operands."""
        if self._compiles or not self._rate:
            return self._limit
        needed = ROOM * max(self._longest, self._rate * _products(operands))
        return min(self._limit, ceil(max(FLOOR / (1 + self._exceeded), LEAST, needed)))

    def learn(self, operands: Sequence[Any], seconds: float) -> None:
        """Note how long a call took that returned."""
        self._longest = max(self._longest, seconds)
        self._rate = max(self._rate, max(seconds, 1e-9) / _products(operands))

    def lose(self, seconds: float) -> None:
        """Note that a call took so long and has not returned."""
        self._exceeded += 1
        self._lost += seconds

    def require(self, call: str) -> None:
        """Raise `NotRun` if the backend has been given up."""
        if not self._rate and self._exceeded >= TRIES:
            msg = f"{call}: not called, for {TRIES} calls outran their deadline and none returned"
            raise NotRun(msg)
        if self._lost > LOST:
            msg = f"{call}: not called, for {self._exceeded} calls outran their deadline"
            raise NotRun(msg)


def _products(operands: Sequence[Any]) -> int:
    """Return about how many products a call sums: each pixel under each tap of each output."""
    shapes: list[tuple[int, ...]] = [getattr(operand, "shape", ()) for operand in operands[:2]]
    channels = shapes[0][-3] if len(shapes[0]) > 2 else 1
    return max(prod(map(prod, shapes)) // max(channels, 1), 1)
