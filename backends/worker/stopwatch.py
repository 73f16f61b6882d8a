"""Times a call where it is made.

Runs unchanged on Python 3.7 with numpy 1.16.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Callable, Sequence


def seconds_per_call(
    call: Callable[..., Any],
    operands: Sequence[Any],
    options: dict[str, Any],
    rounds: int,
    loops: int,
) -> list[float]:
    """Seconds per call in each of ``rounds`` rounds of ``loops`` calls.

    A call is forced to completion: its result is an array of NumPy.
    """
    found = []
    for _ in range(rounds):
        began = perf_counter()
        for _ in range(loops):
            call(*operands, **options)
        found.append((perf_counter() - began) / loops)
    return found
