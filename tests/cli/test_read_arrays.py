from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.cli.read_arrays import MAX_ELEMENTS, UnreadableError, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ARRAY = np.array([[1.5, -2.0, 0.25], [3.0, 4.5, 0.125]], np.float32)


def text(separator: str) -> str:
    return "# a comment\n\n" + "\n".join(separator.join(map(str, row)) for row in ARRAY.tolist())


@pytest.mark.parametrize("separator", [",", ";", "\t", " ", ", ", "   "])
@pytest.mark.parametrize("suffix", ["csv", "tsv", "txt"])
def test_text_is_read_with_any_separator(tmp_path: Path, separator: str, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_text(text(separator), encoding="utf-8")
    np.testing.assert_array_equal(read(str(path)), ARRAY, strict=True)


def test_a_decimal_comma_is_read_where_semicolons_separate(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("1,5;2,25\n3;4", encoding="utf-8-sig")
    assert read(str(path)).tolist() == [[1.5, 2.25], [3, 4]]


@pytest.mark.parametrize(
    ("cell", "dtype"), [("0.12345678", "float32"), ("0.1234567891", "float64")]
)
def test_digits_tell_the_dtype_of_text(tmp_path: Path, cell: str, dtype: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{cell},1\n2,3", encoding="utf-8")
    assert read(str(path)).dtype.name == dtype


@pytest.mark.parametrize(
    "dtype", ["float16", "float32", "float64", "uint8", "int64", ">f4", "bool"]
)
def test_npy_keeps_numbers(tmp_path: Path, dtype: str) -> None:
    np.save(tmp_path / "a.npy", np.eye(3).astype(dtype))
    np.testing.assert_array_equal(read(str(tmp_path / "a.npy")), np.eye(3))


@pytest.mark.parametrize("key", ["", ":only"])
def test_npz_gives_its_only_or_its_named_array(tmp_path: Path, key: str) -> None:
    np.savez(tmp_path / "a.npz", only=ARRAY)
    np.testing.assert_array_equal(read(f"{tmp_path / 'a.npz'}{key}"), ARRAY, strict=True)


def objects(folder: Path) -> str:
    np.save(folder / "a.npy", np.array([[1, "x"]], dtype=object))
    return "a.npy"


def pickled(folder: Path) -> str:
    (folder / "a.npy").write_bytes(pickle.dumps(ARRAY))
    return "a.npy"


def huge(folder: Path) -> str:
    with (folder / "a.npy").open("wb") as opened:
        head = {"descr": "<f4", "fortran_order": False, "shape": (MAX_ELEMENTS, 2)}
        np.lib.format.write_array_header_1_0(opened, head)
    return "a.npy"


def records(folder: Path) -> str:
    with (folder / "a.npy").open("wb") as opened:
        np.lib.format.write_array(opened, np.zeros((2, 2), [("µ→", "<f4")]), version=(3, 0))
    return "a.npy"


def array(made: Any) -> Callable[[Path], str]:
    def write(folder: Path) -> str:
        np.save(folder / "a.npy", made)
        return "a.npy"

    return write


def words(content: str) -> Callable[[Path], str]:
    def write(folder: Path) -> str:
        (folder / "a.csv").write_text(content, encoding="utf-8")
        return "a.csv"

    return write


def archive(key: str) -> Callable[[Path], str]:
    def write(folder: Path) -> str:
        np.savez(folder / "a.npz", one=ARRAY, two=ARRAY)
        return f"a.npz{key}"

    return write


def cut_off(folder: Path) -> str:
    np.savez(folder / "whole.npz", ARRAY)
    (folder / "a.npz").write_bytes((folder / "whole.npz").read_bytes()[:60])
    return "a.npz"


def no_arrays(folder: Path) -> str:
    np.savez(folder / "a.npz")
    return "a.npz"


def binary(folder: Path) -> str:
    (folder / "a.csv").write_bytes(b"\xff\xfe\x00\x80")
    return "a.csv"


BAD: dict[str, tuple[Callable[[Path], str], str]] = {
    "missing": (lambda _: "a.npy", "there is no file"),
    "another suffix": (lambda _: "a.png", "there is no file"),
    "1-D": (array(np.arange(3)), "is 1-D (3)"),
    "a number": (array(np.float32(3)), "is 0-D (a single number)"),
    "5-D": (array(np.ones((1, 1, 1, 2, 2))), "is 5-D"),
    "complex": (array(np.ones((2, 2), complex)), "holds complex numbers"),
    "strings": (array(np.array([["a", "b"]])), "not real numbers"),
    "empty": (array(np.ones((0, 3))), "is empty (0 × 3)"),
    "objects": (objects, "it holds pickled objects, which are not read"),
    "pickled": (pickled, "a.npy: "),
    "records": (records, "a header of version 3.0, as records"),
    "huge": (huge, "more than 4194304 numbers"),
    "no key": (archive(""), "holds 2 arrays; name one, as"),
    "another key": (archive(":three"), "has no 'three'"),
    "an empty archive": (no_arrays, "holds 0 arrays"),
    "cut off": (cut_off, "a.npz: "),
    "no text": (binary, "a.csv: "),
    "heading": (words("a,b\n1,2"), "line 1 has 'a', which is no number"),
    "missing cell": (words("1,,2"), "which is no number"),
    "ragged": (words("1,2\n3"), "line 2 has 1 numbers, the first row 2"),
    "no lines": (words(""), "is empty"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_told_in_one_line(tmp_path: Path, name: str) -> None:
    write, said = BAD[name]
    with pytest.raises(UnreadableError) as told:
        read(str(tmp_path / write(tmp_path)))
    assert (said in str(told.value), "\n" in str(told.value)) == (True, False), str(told.value)
