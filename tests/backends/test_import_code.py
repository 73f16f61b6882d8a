"""Scripts find an adapter again, wherever it lies and whatever interpreter it was judged in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.backends.import_code import import_lines
from conv2d_conformance.runtime.runner_pool import RunnerPool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.under_test.backend import BackendUnderTest

pytestmark = pytest.mark.slow

CODE = "def conv2d(img, k, padding):\n    return 7\n"
HELPED = "from seven import conv2d\n"
SHOWN = "print(found(None, None, None))\n"


def printed(script: str, folder: Path) -> str:
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("where", ["../a.b/my.py", "./../a.b/./my.py"])
def test_a_file_may_be_named_by_any_path(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("a.b", "here"):
        (tmp_path / folder).mkdir()
    (tmp_path / "a.b" / "my.py").write_text(CODE, "utf-8")
    monkeypatch.chdir(tmp_path / "here")
    assert printed(import_lines(where, "conv2d") + SHOWN, tmp_path) == "7\n"


def test_a_file_may_import_what_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "my.py").write_text(HELPED, "utf-8")
    (tmp_path / "seven.py").write_text(CODE, "utf-8")
    assert printed(import_lines(f"{tmp_path}/my.py", "conv2d") + SHOWN, Path("/")) == "7\n"


def test_a_module_that_only_another_interpreter_loaded_is_looked_for_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "mine.py").write_text(CODE, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert printed(import_lines("pack.mine", "conv2d") + SHOWN, Path("/")) == "7\n"


@pytest.fixture
def subject(tmp_path: Path) -> Iterator[BackendUnderTest]:
    (tmp_path / "my.py").write_text(CODE, "utf-8")
    places = RunnerPool()
    yield places.subject(f"{tmp_path}/my.py:conv2d@{sys.executable}")
    places.stop()


def test_what_names_a_backend_to_a_script_has_no_interpreter(
    subject: BackendUnderTest, tmp_path: Path
) -> None:
    assert subject.name == f"{tmp_path}/my.py:conv2d"
