"""A person who names no backend is told, in one line, what they may have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.backends import hints
from conv2d_conformance.backends.find_adapter import UnknownBackendError
from conv2d_conformance.backends.registry import load, select

if TYPE_CHECKING:
    from pathlib import Path

CALLS = """
import fictorch

def helper(img): ...
def _private(img, k, padding): ...

class Adapter:
    def conv2d(self, img, k, padding): ...

class Options:
    strict = True

def conv2d(img, k, padding): ...
"""


def written(folder: Path, source: str) -> str:
    path = folder / "mine.py"
    path.write_text(source, encoding="utf-8")
    return str(path)


def selected(selector: str) -> str:
    with pytest.raises(UnknownBackendError) as error:
        select(selector)
    return str(error.value)


def test_a_file_alone_names_the_functions_and_classes_that_may_be_meant(tmp_path: Path) -> None:
    path = written(tmp_path, CALLS)
    assert selected(path).endswith(f"say which function or class: {path}:conv2d or {path}:Adapter")


@pytest.mark.parametrize("source", ["", "def conv2d(:", "def conv2d(img): ..."])
def test_a_file_that_holds_none_gets_the_pattern(tmp_path: Path, source: str) -> None:
    path = written(tmp_path, source)
    assert selected(path).endswith(f": {path}:conv2d")


def test_a_file_that_is_not_there_is_said_to_be_missing() -> None:
    assert "there is no file nowhere/mine.py" in selected("nowhere/mine.py")


def test_an_attribute_that_is_not_there_names_one_that_is(tmp_path: Path) -> None:
    path = written(tmp_path, "def convolve(img, k, padding): ...")
    with pytest.raises(UnknownBackendError, match=f"did you mean {path}:convolve?"):
        load(f"{path}:conv2d")


def test_an_unknown_name_is_told_how_to_name_code_of_ones_own() -> None:
    assert "package.module:attr or path/to/file.py:attr" in selected("mine")


@pytest.mark.parametrize(
    ("value", "words"),
    [(3, "an int"), (None, "a NoneType"), ([], "a list"), (np.uint8(1), "a uint8")],
    ids=str,
)
def test_a_type_has_its_article(value: Any, words: str) -> None:
    assert hints.with_article(value) == words


def test_the_beginning_of_a_name_is_meant_before_a_name_that_looks_like_it() -> None:
    names = ["scipy.signal.oaconvolve", "scipy.signal.convolve2d"]
    assert "did you mean 'scipy.signal.convolve2d'?" in hints.unknown_backend_message(
        "scipy.signal.convolv", names
    )
