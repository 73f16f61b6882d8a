"""The name that Python gives a file, by the packages around it."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.backends.user_module import dotted_name, import_by_path

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


def test_a_file_is_found_where_another_package_has_its_packages_name(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tree / "src" / "pack" / "inner" / "conv.py"
    file.write_text("HERE = True\n", "utf-8")
    other = ModuleType("pack")
    other.__path__ = []
    monkeypatch.setitem(sys.modules, "pack", other)
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert import_by_path(file).HERE
