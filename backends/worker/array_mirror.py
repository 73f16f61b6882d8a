"""Arrays of the suite, as a host holds them: in the same memory layout, and for as long.

A call may keep what it was given, give out what it keeps, or hand back a view of an operand. For
that to show from another process, an operand that is given again is the same array here, and each
result is watched until the suite has let go of it.

Runs unchanged on Python 3.7 with numpy 1.16.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.backends.protocol import Unsupported
from conv2d_conformance.backends.worker.wire import pack, unpack

if TYPE_CHECKING:
    from typing import List

    from conv2d_conformance.backends.protocol import Array

    Blobs = List[bytes]

MAX_OPERANDS = 16


def with_strides(values: Array, strides: tuple[int, ...]) -> Array:
    """A fresh array of these values with these strides (bytes), which may be negative or zero."""
    reach = [(n - 1) * s for n, s in zip(values.shape, strides)]
    first = -sum(step for step in reach if step < 0)
    size = sum(abs(step) for step in reach) + values.itemsize
    memory = np.zeros(size if values.size else 0, np.uint8)
    made: Array = np.ndarray(values.shape, values.dtype, memory, first, strides)
    made[...] = values
    return made


class Mirror:
    """What the suite gave, by its token, and what it still holds of the results."""

    def __init__(self) -> None:
        self._operands: OrderedDict[int, Array] = OrderedDict()
        self._results: dict[int, tuple[Array, bytes]] = {}
        self._count = 0

    def operand(self, told: dict[str, Any], blobs: Blobs) -> Array:
        """The array that a description stands for: the same one for the same token.

        Raises
        ------
        Unsupported
            If there can be no such array here.
        """
        try:
            values = unpack(told["dtype"], blobs[told["blob"]])
        except ImportError as error:
            msg = "arrays of bfloat16 need ml_dtypes, which this interpreter has not"
            raise Unsupported(msg) from error
        kept = self._operands.pop(told["token"], None)
        if kept is None:
            strides = told["strides"]
            kept = values.copy() if strides is None else with_strides(values, tuple(strides))
        else:
            kept.flags.writeable = True
            kept[...] = values
        kept.flags.writeable = told["writeable"]
        self._operands[told["token"]] = kept
        while len(self._operands) > MAX_OPERANDS:
            self._operands.popitem(last=False)
        return kept

    def result(self, result: Any, operands: list[Any], out: Blobs) -> dict[str, Any]:
        """What a call returned; an array is watched from now on."""
        if isinstance(result, tuple) and all(type(part) is np.ndarray for part in result):
            return {"tuple": [encode_array(part, out) for part in result]}
        if type(result) is not np.ndarray or result.dtype.hasobject:
            shape = getattr(result, "shape", None)
            named = list(shape) if isinstance(shape, tuple) else None
            return {"other": type(result).__name__, "shape": named}
        self._count += 1
        self._results[self._count] = result, result.tobytes()
        told = encode_array(result, out)
        return {"array": told, "number": self._count, "alias": find_alias(result, operands)}

    @staticmethod
    def bits(operands: list[Any]) -> list[bytes]:
        """The values of operands before a call."""
        return [a.tobytes() for a in _arrays(operands)]

    @staticmethod
    def mutated(operands: list[Any], before: list[bytes], out: Blobs) -> list[dict[str, Any]]:
        """The operands that a call has changed, as they are now."""
        pairs = enumerate(zip(_arrays(operands), before))
        return [
            dict(encode_array(array, out), operand=number)
            for number, (array, bits) in pairs
            if array.tobytes() != bits
        ]

    def forget(self, numbers: list[int]) -> None:
        """Let go of results."""
        for number in numbers:
            self._results.pop(number, None)

    def changed(self, blobs: Blobs) -> list[dict[str, Any]]:
        """The watched results that are no more what they were, as they are now."""
        told = []
        for number, (result, before) in self._results.items():
            now = result.tobytes()
            if now != before:
                self._results[number] = result, now
                told.append(dict(encode_array(result, blobs), number=number))
        return told


def encode_array(array: Array, blobs: Blobs) -> dict[str, Any]:
    """Put an array among the blobs, and say which it is and how it lies."""
    name, data = pack(array)
    blobs.append(data)
    return {"dtype": name, "blob": len(blobs) - 1}


def _arrays(operands: list[Any]) -> list[Array]:
    return [a for a in operands if isinstance(a, np.ndarray)]


def find_alias(result: Array, operands: list[Any]) -> dict[str, Any] | None:
    """Of which operand a result is a view: its number, the first byte from there, and strides."""
    for number, operand in enumerate(_arrays(operands)):
        if np.may_share_memory(result, operand) and result.dtype.kind in "biufc":
            start, other = (a.__array_interface__["data"][0] for a in (result, operand))
            return {"operand": number, "offset": start - other, "strides": list(result.strides)}
    return None
