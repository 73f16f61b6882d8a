"""The name that Python gives a file, by the packages around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.backends.user_module import dotted_name

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "src" / "pack" / "inner").mkdir(parents=True)
    for folder in ("pack", "pack/inner"):
        (tmp_path / "src" / folder / "__init__.py").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("file", "folder", "name"),
    [
        ("src/pack/inner/conv.py", "src", "pack.inner.conv"),
        ("src/pack/__init__.py", "src", "pack"),
        ("src/conv.py", "src", ""),
        ("src/pack/not-a-name.py", "src/pack", ""),
    ],
)
def test_a_file_is_named_by_its_packages(file: str, folder: str, name: str, tree: Path) -> None:
    assert dotted_name(tree / file) == (tree / folder, name)
