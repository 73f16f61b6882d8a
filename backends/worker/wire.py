"""Messages between the suite and a host: JSON for text and numbers, bytes for arrays.

A message is a length in four bytes (big-endian), JSON of that length, and the arrays one after
another; ``lengths`` in the JSON has the length of each. An array of numbers is its bytes behind a
line with its dtype and shape, any other one an ``.npy`` file, whose header takes several times as
long to read. Nothing is ever pickled.

Runs unchanged on Python 3.7 with numpy 1.16.
"""

from __future__ import annotations

import io
import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from typing import IO, Dict, List, Tuple

    from conv2d_conformance.backends.protocol import Array

    Message = Tuple[Dict[str, Any], List[bytes]]

LENGTH = struct.Struct(">I")
# NumPy has no bfloat16 of its own, and ``.npy`` cannot store it: its bits are sent.
BFLOAT16 = "bfloat16"
# The kinds of dtypes that are numbers of NumPy's own; and the first byte of an ``.npy`` file.
NUMBERS = "biufc"
NPY = b"\x93"


def send(stream: IO[bytes], head: dict[str, Any], blobs: list[bytes]) -> None:
    """Write one message.

    Raises
    ------
    OSError
        If the reader is gone.
    """
    text = json.dumps(dict(head, lengths=[len(blob) for blob in blobs])).encode()
    stream.write(b"".join([LENGTH.pack(len(text)), text, *blobs]))
    stream.flush()


def receive(stream: IO[bytes]) -> Message:
    """Read one message.

    Raises
    ------
    EOFError
        If the stream ends before the message does.
    """
    (length,) = LENGTH.unpack(_exactly(stream, LENGTH.size))
    head = json.loads(_exactly(stream, length).decode())
    return head, [_exactly(stream, size) for size in head.pop("lengths")]


def to_tuples(value: Any) -> Any:
    """Convert lists back to tuples, which JSON does not have."""
    if isinstance(value, list):
        return tuple(to_tuples(part) for part in value)
    if isinstance(value, dict):
        return {key: to_tuples(part) for key, part in value.items()}
    return value


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        msg = "the stream ended within a message"
        raise EOFError(msg)
    return data


def pack(array: Array) -> tuple[str, bytes]:
    """Return the name of an array's dtype, and its packed values as bytes.

    Raises
    ------
    ValueError
        If its elements are Python objects.
    """
    name = array.dtype.name
    packed = np.array(array, order="C", copy=True, subok=False)
    if name == BFLOAT16:
        packed = packed.view(np.uint16)
    if packed.dtype.kind in NUMBERS:
        line = " ".join([packed.dtype.str, *map(str, packed.shape)])
        return name, line.encode() + b"\n" + packed.tobytes()
    file = io.BytesIO()
    np.save(file, packed, allow_pickle=False)
    return name, file.getvalue()


def unpack(name: str, data: bytes) -> Array:
    """Return the array that `pack` packed.

    Raises
    ------
    ImportError
        If it holds bfloat16 and ``ml_dtypes`` is not installed.
    """
    array = np.load(io.BytesIO(data), allow_pickle=False) if data[:1] == NPY else _numbers(data)
    if name != BFLOAT16:
        return array
    import ml_dtypes

    return array.view(ml_dtypes.bfloat16)


def _numbers(data: bytes) -> Array:
    end = data.index(b"\n")
    dtype, *shape = data[:end].decode().split(" ")
    array: Array = np.empty([int(n) for n in shape], dtype)
    array.reshape(-1).view(np.uint8)[:] = np.frombuffer(data, np.uint8, offset=end + 1)
    return array
