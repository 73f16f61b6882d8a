"""Records the last calls of a backend: the operands as they were given, and the results."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.runtime.in_process import CallAhead

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conv2d_conformance.backends.protocol import Padding
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.runtime.call_guard import GuardedBackend, PlainOperands

# The longest sequence of calls that one check needs for a verdict.
MAX_CALLS = 8


@dataclass(frozen=True)
class RecordedOperand:
    """One array as a call got it.

    Parameters
    ----------
    values : ndarray
        A packed copy in the same dtype and byte order.
    strides : tuple of int or None
        None if the array was packed.
    writeable : bool
    """

    values: Array
    strides: tuple[int, ...] | None
    writeable: bool

    @classmethod
    def record(cls, a: Array) -> RecordedOperand:
        """Record a copy, because the call may write to the array itself."""
        strides = None if a.flags.c_contiguous else a.strides
        return cls(a.copy(order="C"), strides, a.flags.writeable)

    @property
    def plain(self) -> bool:
        """Whether a new array of these values is the same operand."""
        return self.strides is None and self.writeable and self.values.dtype.isnative


@dataclass(frozen=True)
class RecordedCall:
    """One call; ``result`` is None if the call raised, and a copy if it is an array."""

    img: RecordedOperand
    k: RecordedOperand
    padding: str
    result: object
    seconds: float

    @property
    def plain(self) -> bool:
        """Whether both operands are plain."""
        return self.img.plain and self.k.plain


class CallLog:
    """A backend that records its last calls."""

    def __init__(self, backend: GuardedBackend, calls: deque[RecordedCall] | None = None) -> None:
        self.spec = backend.spec
        self.calls: deque[RecordedCall] = deque(maxlen=MAX_CALLS) if calls is None else calls
        self._backend = backend

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Call the backend, and record the result or that it raised."""
        call = CallAhead(partial(self._backend.conv2d, img, k, padding), returned=False)
        return self._recorded(call, (img, k, padding))  # type: ignore[no-any-return]

    def conv2d_each(self, calls: Sequence[PlainOperands]) -> list[Callable[[], Array]]:
        """Call the backend on several operands; each is recorded when its result is taken."""
        made = self._backend.conv2d_each(calls)
        return [
            partial(self._recorded, call, operands)
            for call, operands in zip(made, calls, strict=True)
        ]

    def _recorded(self, call: CallAhead, given: PlainOperands) -> Any:
        img, k, padding = given
        operands = RecordedOperand.record(img), RecordedOperand.record(k)
        result: Any = None
        began = perf_counter()
        try:
            result = call.take()
        finally:
            seconds = call.seconds + perf_counter() - began
            kept = result.copy() if isinstance(result, np.ndarray) else result
            self.calls.append(RecordedCall(*operands, padding, kept, seconds))
        return result
