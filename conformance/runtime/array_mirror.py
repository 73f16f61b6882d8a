"""The suite's side of `backends.worker.array_mirror`: keeps arrays equal in both processes."""

from __future__ import annotations

import weakref
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.backends.worker.array_mirror import encode_array, with_strides
from conv2d_conformance.backends.worker.wire import unpack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conv2d_conformance.definition.correlation import Array

_numbers = count()


class OpaqueResult:
    """Stands for a result that is not an array; its class has the name of the result's class."""

    shape: tuple[int, ...] | None = None


class ArrayMirror:
    """Arrays that a worker process also holds; it may drop those that this process has dropped."""

    def __init__(self) -> None:
        self._given: dict[int, tuple[weakref.ref[Array], int]] = {}
        self._results: dict[int, weakref.ref[Array]] = {}

    def clear(self) -> None:
        """Forget the results, because the process that held them has ended."""
        self._results.clear()

    def take_dropped(self) -> list[int]:
        """Return the results that this process has dropped, each of them once."""
        dead = [number for number, ref in self._results.items() if ref() is None]
        for number in dead:
            del self._results[number]
        return dead

    def encode_operands(self, operands: Sequence[Any], blobs: list[bytes]) -> list[Any]:
        """Encode operands for a request; their arrays are added to the blobs."""
        return [self._one(a, blobs) if isinstance(a, np.ndarray) else a for a in operands]

    def encode_calls(self, calls: Sequence[Sequence[Any]], blobs: list[bytes]) -> list[list[Any]]:
        """Encode the operands of several calls of one message; each array is sent once."""
        sent: dict[int, dict[str, Any]] = {}
        return [[self._once(operand, blobs, sent) for operand in each] for each in calls]

    def _once(self, operand: Any, blobs: list[bytes], sent: dict[int, dict[str, Any]]) -> Any:
        if not isinstance(operand, np.ndarray):
            return operand
        if id(operand) in sent:
            return {**sent[id(operand)], "again": True}
        sent[id(operand)] = self._one(operand, blobs)
        return sent[id(operand)]

    def _one(self, array: Array, blobs: list[bytes]) -> dict[str, Any]:
        return {
            **encode_array(array, blobs),
            "strides": None if array.flags.c_contiguous else list(array.strides),
            "writeable": bool(array.flags.writeable),
            "token": self._token(array),
        }

    def _token(self, array: Array) -> int:
        """Return the number of this array; a later array at its address gets another number."""
        ref, token = self._given.get(id(array), (None, 0))
        if ref is None or ref() is not array:
            token = next(_numbers)
            self._given = {k: v for k, v in self._given.items() if v[0]() is not None}
            self._given[id(array)] = weakref.ref(array), token
        return token

    def update(self, operands: Sequence[Any], answer: dict[str, Any], out: list[bytes]) -> None:
        """Copy what the call wrote to operands and to earlier results."""
        arrays = [a for a in operands if isinstance(a, np.ndarray)]
        for change in answer.get("mutated", ()):
            _write(arrays[change["operand"]], decode_array(change, out))
        for change in answer.get("changed", ()):
            result = self._results.get(change["number"], _nothing)()
            if result is not None:
                _write(result, decode_array(change, out))

    def result(self, answer: dict[str, Any], out: list[bytes], operands: Sequence[Any]) -> Any:
        """Return the result of a call, as far as another process can send it."""
        if "tuple" in answer:
            return tuple(decode_array(part, out) for part in answer["tuple"])
        if "other" in answer:
            kind = type(answer["other"], (OpaqueResult,), {"shape": tuple(answer["shape"] or ())})
            return kind()
        found = decode_array(answer["array"], out)
        if "strides" in answer["array"]:
            found = with_strides(found, tuple(answer["array"]["strides"]))
        if answer["alias"]:
            arrays = [a for a in operands if isinstance(a, np.ndarray)]
            found = _view(arrays[answer["alias"]["operand"]], found, answer["alias"])
        self._results[answer["number"]] = weakref.ref(found)
        return found


def _nothing() -> None:
    """Stands for the reference to a result that this process has dropped."""


def decode_array(described: dict[str, Any], out: list[bytes]) -> Array:
    """Decode an array of an answer."""
    return unpack(described["dtype"], out[described["blob"]])


def _write(array: Array, values: Array) -> None:
    """Write to an array, even a read-only one, because the call did."""
    closed = not array.flags.writeable
    if closed:
        array = _view(array, array, {"offset": 0, "strides": array.strides})
    array[...] = values


def _view(owner: Array, like: Array, described: dict[str, Any]) -> Array:
    """Return a writeable view of an operand's memory, as the call returned a view of its copy."""
    memory = _Memory()
    memory.owner = owner
    memory.__array_interface__ = {
        "data": (owner.__array_interface__["data"][0] + described["offset"], False),
        "shape": like.shape,
        "strides": tuple(described["strides"]),
        "typestr": like.dtype.str,
        "version": 3,
    }
    return np.asarray(memory)


class _Memory:
    owner: Array
    __array_interface__: dict[str, Any]
