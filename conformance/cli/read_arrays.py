"""Reads arrays from the user's files: ``.npy``, ``.npz`` and text. Never unpickles."""

from __future__ import annotations

import re
import zipfile
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.cli import parse_csv

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.definition.correlation import Array

# A diagnosis of more would take minutes; a crop shows the same relation.
MAX_ELEMENTS = 2**22
TEXT = (".csv", ".tsv", ".txt")
SUFFIXES = (".npy", ".npz", *TEXT)
NPZ = re.compile(r"(?P<path>.+\.npz):(?P<key>[^/\\]+)")
SAVE = "save numbers with numpy.save"
# The function that reads an ``.npy`` header, by format version.
HEADERS: dict[tuple[int, int], Callable[..., Any]] = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


class UnreadableError(ValueError):
    """A file has no usable array; the message says which file, why, and what to do."""


def is_file(text: str) -> bool:
    """Return whether an argument names an array file rather than a call."""
    return Path(text).suffix.lower() in SUFFIXES or NPZ.fullmatch(text) is not None


def read(text: str) -> Array:
    """Read the array in a file.

    Parameters
    ----------
    text : str
        ``file.npy``, ``file.npz`` (its only array), ``file.npz:key``, or ``.csv``, ``.tsv``,
        ``.txt``: see `parse_csv.parse`.

    Returns
    -------
    ndarray
        2-D to 4-D, of real numbers, not empty; bool becomes uint8.

    Raises
    ------
    UnreadableError
        If the file is missing, has another format, or holds another kind of array.
    """
    found = NPZ.fullmatch(text)
    path, key = (Path(found["path"]), found["key"]) if found else (Path(text), None)
    if not path.is_file():
        what = f"{path} is a folder" if path.is_dir() else f"there is no file {path}"
        msg = f"{what}; give a .npy, .npz or .csv"
        raise UnreadableError(msg)
    try:
        return _require_numeric(text, _read(path, key))
    except UnreadableError:
        raise
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, MemoryError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        if "pickle" in first:
            first = f"it holds pickled objects, which are not read; {SAVE}"
        msg = f"{text}: {first}"
        raise UnreadableError(msg) from error


def _read(path: Path, key: str | None) -> Array:
    suffix = path.suffix.lower()
    if suffix in TEXT:
        if path.stat().st_size > 32 * MAX_ELEMENTS:
            raise UnreadableError(_too_large(str(path), f"{path.stat().st_size} bytes"))
        return parse_csv.parse(path.read_text(encoding="utf-8-sig"))
    if suffix == ".npz":
        return _member(path, key)
    if suffix == ".npy":
        with path.open("rb") as opened:
            _require_size(str(path), opened)
        return np.asarray(np.load(path, allow_pickle=False))
    msg = f"{path}: give a .npy, .npz or .csv"
    raise UnreadableError(msg)


def _member(path: Path, key: str | None) -> Array:
    with path.open("rb") as whole, np.load(whole, allow_pickle=False) as archive:
        names = list(archive.files)
        if key is None and len(names) == 1:
            key = names[0]
        if key not in names:
            lacks = f"has no {key!r}" if key else f"holds {len(names)} arrays"
            example = (
                f"; name one, as {path}:{names[0]} (it has {', '.join(names[:9])})" if names else ""
            )
            msg = f"{path} {lacks}{example}"
            raise UnreadableError(msg)
        with archive.zip.open(f"{key}.npy") as opened:
            _require_size(f"{path}:{key}", opened)
        return np.asarray(archive[key])


def _require_size(name: str, opened: Any) -> None:
    """Refuse an array that is too large, by its header alone.

    Raises
    ------
    UnreadableError
        If it is too large, or NumPy has no public reader for the version of its header.
    """
    version = np.lib.format.read_magic(opened)
    if version not in HEADERS:
        # NumPy writes version 3.0 only for field names; an array of records is refused anyway.
        msg = f"{name} has a header of version {version[0]}.{version[1]}, as records have; {SAVE}"
        raise UnreadableError(msg)
    shape, _, _ = HEADERS[version](opened)
    if prod(shape) > MAX_ELEMENTS:
        raise UnreadableError(_too_large(name, f"{prod(shape)} numbers"))


def _too_large(name: str, size: str) -> str:
    return f"{name} holds {size}, more than {MAX_ELEMENTS} numbers; a crop shows the same relation"


def _require_numeric(name: str, array: Array) -> Array:
    """Return the array if it has 2 to 4 axes of real numbers and is not empty.

    Raises
    ------
    UnreadableError
        If it is not.
    """
    kind, shape = array.dtype.kind, " × ".join(map(str, array.shape))
    if kind not in "biuf":
        what = {"c": "complex numbers", "O": "objects", "V": "records or raw bytes"}.get(
            kind, f"{array.dtype.name}"
        )
        msg = f"{name} holds {what}, not real numbers; {SAVE}"
        raise UnreadableError(msg)
    if not 2 <= array.ndim <= 4:
        msg = f"{name} is {array.ndim}-D ({shape or 'a single number'}); give 2-D to 4-D, as (H, W)"
        raise UnreadableError(msg)
    if not array.size:
        msg = f"{name} is empty ({shape}); give at least one number"
        raise UnreadableError(msg)
    return array.astype(np.uint8) if kind == "b" else array
