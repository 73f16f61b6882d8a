"""Calls are made with a Python by its path or version; where there is none, that is told."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import pytest

from conv2d_conformance.cli.main import main
from conv2d_conformance.reports.document.files import load
from conv2d_conformance.reports.page.render import render_html
from conv2d_conformance.runtime.environments import choose_python
from conv2d_conformance.runtime.environments.build_environment import CannotBuildError
from conv2d_conformance.runtime.environments.choose_python import python_with, resolve_python
from tests.helpers.matrix_run import matrix, only_line

HERE = Path(sys.executable)
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
BACKEND = ("--backend", "textbook.sum")
NOWHERE = "no Python 3.99 here: install it so that python3.99 is on PATH or in pyenv's versions"


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What would be built instead of being built; the building fails."""
    found: list[object] = []

    def build(*args: object, **_: object) -> Path:
        found.extend(args)
        msg = "cannot install x==1"
        raise CannotBuildError(msg)

    monkeypatch.setattr(choose_python, "build", build)
    return found


@pytest.fixture
def no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be built, for its folder is a file."""
    (tmp_path / "conv2d-conformance").write_text("", "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("python", [None, VERSION, str(HERE)])
def test_without_requirements_it_is_the_python_itself(python: str | None) -> None:
    assert python_with([], python, lambda _: None) == HERE


@pytest.mark.slow
def test_with_requirements_it_is_built_of_that_python(built: list[object]) -> None:
    with pytest.raises(CannotBuildError):
        python_with(["x==1"], VERSION, lambda _: None)
    assert built == [["x==1"], HERE]


def test_with_neither_it_is_this_process() -> None:
    assert resolve_python([], None) is None


def test_probe_tells_in_one_line_what_cannot_be_built(
    built: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["probe", "textbook.sum", "--requirement", "x==1"]) == 2
    assert built
    assert capsys.readouterr() == ("", "conformance probe: cannot install x==1\n")


@pytest.mark.slow
def test_a_matrix_runs_with_a_python_by_its_version(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    done = matrix(*BACKEND, "--python", VERSION, "-k", "V1", "--results", path)
    assert done.returncode == 0, done.stdout + done.stderr
    (run,) = load(path)["runs"]
    pythons = [record["python"] for record in run["records"] if record["kind"] == "backend"]
    assert pythons == [platform.python_version()]


@pytest.mark.slow
@pytest.mark.parametrize("words", [(), ("--requirement", "x==1")])
def test_a_python_that_is_not_here_is_told_in_one_line(words: tuple[str, ...]) -> None:
    done = matrix(*BACKEND, "--python", "3.99", *words)
    assert (done.returncode, NOWHERE in only_line(done)) == (2, True)


@pytest.mark.slow
@pytest.mark.usefixtures("no_cache")
@pytest.mark.parametrize("words", [(), ("--if-available",)])
def test_what_cannot_be_built_is_told_in_one_line(words: tuple[str, ...]) -> None:
    done = matrix(*BACKEND, "--requirement", "x==1", *words)
    assert (done.returncode, "cannot build x==1" in only_line(done)) == (2, True)


@pytest.mark.slow
@pytest.mark.usefixtures("no_cache")
def test_a_wrong_selection_is_told_before_anything_is_built() -> None:
    done = matrix(*BACKEND, "--requirement", "x==1", "-m", "geometri")
    assert "there is no section 'geometri'" in only_line(done)


@pytest.mark.slow
def test_a_run_where_there_is_no_such_python_leaves_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    words = ("--environment", "old", "--results", path)
    done = matrix(*BACKEND, "--python", "3.99", "--if-available", *words)
    (run,) = load(path)["runs"]
    assert (done.returncode, run["environment"], run["records"]) == (0, "old", [])
    assert NOWHERE in str(run["not_run"])
    assert NOWHERE in done.stderr


@pytest.mark.slow
def test_the_report_says_why_it_was_not_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--python", "3.99", "--if-available", "--output", str(tmp_path)]
    assert main(["run", "textbook.sum", *words]) == 0
    assert "Nothing ran" in capsys.readouterr().out
    page = render_html(load(tmp_path / "textbook.sum.json"))
    assert "no Python 3.99 here" in page
