"""The suite's arrays in a host: in the same memory layout, and for the same lifetime.

A call may keep its operands, return an array that it keeps, or return a view of an operand. To
show this across processes, an operand that is given again is the same array in the host, and
each result is watched until the suite has dropped it.

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
    """Make a new array of these values with these strides (bytes), maybe negative or zero."""
    reach = [(n - 1) * s for n, s in zip(values.shape, strides)]
    first = -sum(step for step in reach if step < 0)
    size = sum(abs(step) for step in reach) + values.itemsize
    memory = np.zeros(size if values.size else 0, np.uint8)
    made: Array = np.ndarray(values.shape, values.dtype, memory, first, strides)
    made[...] = values
    return made


class Mirror:
    """The suite's operands, by token, and the results that it still holds."""

    def __init__(self) -> None:
        self._operands: OrderedDict[int, Array] = OrderedDict()
        self._results: dict[int, tuple[Array, bytes]] = {}
        self._count = 0

    def operand(self, described: dict[str, Any], blobs: Blobs) -> Array:
        """Return the array of a description: the same array for the same token.

        One that an earlier request of the same message had is as the call has left it.

        Raises
        ------
        Unsupported
            If this Python cannot have such an array.
        """
        try:
            values = unpack(described["dtype"], blobs[described["blob"]])
        except ImportError as error:
            msg = "arrays of bfloat16 need ml_dtypes, which this interpreter has not"
            raise Unsupported(msg) from error
        kept = self._operands.pop(described["token"], None)
        if kept is None:
            strides = described["strides"]
            kept = values.copy() if strides is None else with_strides(values, tuple(strides))
        elif not described.get("again"):
            kept.flags.writeable = True
            kept[...] = values
        kept.flags.writeable = described["writeable"]
        self._operands[described["token"]] = kept
        while len(self._operands) > MAX_OPERANDS:
            self._operands.popitem(last=False)
        return kept

    def result(self, result: Any, operands: list[Any], out: Blobs) -> dict[str, Any]:
        """Describe the result of a call; an array is watched from now on."""
        if isinstance(result, tuple) and all(type(part) is np.ndarray for part in result):
            return {"tuple": [encode_array(part, out) for part in result]}
        if type(result) is not np.ndarray or result.dtype.hasobject:
            shape = getattr(result, "shape", None)
            named = list(shape) if isinstance(shape, tuple) else None
            return {"other": type(result).__name__, "shape": named}
        self._count += 1
        self._results[self._count] = result, result.tobytes()
        described = encode_array(result, out)
        if 0 in result.strides and result.size:  # elements that share their memory
            described["strides"] = list(result.strides)
        return {"array": described, "number": self._count, "alias": find_alias(result, operands)}

    @staticmethod
    def bits(operands: list[Any]) -> list[bytes]:
        """Return the bits of operands before a call."""
        return [a.tobytes() for a in _arrays(operands)]

    @staticmethod
    def mutated(operands: list[Any], before: list[bytes], out: Blobs) -> list[dict[str, Any]]:
        """Return the operands that a call has changed, with their new values."""
        pairs = enumerate(zip(_arrays(operands), before))
        return [
            dict(encode_array(array, out), operand=number)
            for number, (array, bits) in pairs
            if array.tobytes() != bits
        ]

    def forget(self, numbers: list[int]) -> None:
        """Drop results."""
        for number in numbers:
            self._results.pop(number, None)

    def changed(self, blobs: Blobs) -> list[dict[str, Any]]:
        """Return the watched results that have changed, with their new values."""
        described = []
        for number, (result, before) in self._results.items():
            now = result.tobytes()
            if now != before:
                self._results[number] = result, now
                described.append(dict(encode_array(result, blobs), number=number))
        return described


def encode_array(array: Array, blobs: Blobs) -> dict[str, Any]:
    """Add an array to the blobs; return its number and its memory layout."""
    name, data = pack(array)
    blobs.append(data)
    return {"dtype": name, "blob": len(blobs) - 1}


def _arrays(operands: list[Any]) -> list[Array]:
    return [a for a in operands if isinstance(a, np.ndarray)]


def find_alias(result: Array, operands: list[Any]) -> dict[str, Any] | None:
    """Return of which operand a result is a view: its number, the byte offset, and the strides."""
    for number, operand in enumerate(_arrays(operands)):
        if np.may_share_memory(result, operand) and result.dtype.kind in "biufc":
            start, other = (a.__array_interface__["data"][0] for a in (result, operand))
            return {"operand": number, "offset": start - other, "strides": list(result.strides)}
    return None
