"""Fixtures of the tests of the command `upgrade`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from conv2d_conformance.cli import upgrade as upgrading
from conv2d_conformance.runtime.environments.find_python import python_in

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def version(tmp_path: Path) -> Callable[[str, str], str]:
    """Makes an interpreter that has NumPy and one version of the package ``calls``."""

    def make(name: str, code: str) -> str:
        folder = tmp_path / name
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        (packages,) = folder.glob("lib/python*/site-packages")
        (packages / "numpy.pth").write_text(str(Path(np.__file__).parents[1]), "utf-8")
        (packages / "calls.py").write_text(code, "utf-8")
        return str(python_in(folder))

    return make


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Leaves all but some checks out, and works in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def chosen(words: str) -> None:
        monkeypatch.setattr(upgrading, "QUIET_OPTIONS", (*upgrading.QUIET_OPTIONS, "-k", words))

    return chosen
