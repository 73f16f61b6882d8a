"""Times a call in the process that makes it.

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
    """Return seconds per call for each of ``rounds`` rounds of ``loops`` calls.

    Each call is forced to completion: its result is a NumPy array.
    """
    found = []
    for _ in range(rounds):
        began = perf_counter()
        for _ in range(loops):
            call(*operands, **options)
        found.append((perf_counter() - began) / loops)
    return found
