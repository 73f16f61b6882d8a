"""What a shell and a program see: two streams, exit codes, usage; and how little is loaded."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NoReturn

import pytest

from conv2d_conformance import console
from conv2d_conformance.__main__ import main as started
from conv2d_conformance.cli.main import main
from tests.helpers.interrupts import interruptible

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
CHATTY = """
import ctypes, os, sys
from tests.mutants import direct

print("loading")

def conv2d(img, k, padding):
    print("python says hello")
    sys.__stdout__.write("so does its first stdout")
    os.write(1, b"the descriptor says hello")
    ctypes.CDLL(None).printf(b"C says hello, and keeps it in its buffer")
    return direct.conv2d(img, k, padding)
"""
INTERRUPTED = """
import os, signal, time

def conv2d(img, k, padding):
    os.kill(os.getppid(), signal.SIGINT)  # as a terminal does to the command
    time.sleep(60)
"""


def python(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *words]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, check=False, preexec_fn=interruptible
    )


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return python("-m", "conv2d_conformance", *words)


def backend(folder: Path, source: str) -> str:
    path = folder / "mine.py"
    path.write_text(source, encoding="utf-8")
    return f"{path}:conv2d"


@pytest.mark.slow
def test_what_a_backend_prints_is_apart_from_the_findings(tmp_path: Path) -> None:
    done = run("probe", "--json", backend(tmp_path, CHATTY))
    (facts,) = json.loads(done.stdout)
    assert facts["orientation"] == "correlation"


@pytest.mark.slow
@pytest.mark.parametrize("words", ["python says", "first stdout", "the descriptor says", "C says"])
def test_what_a_backend_prints_goes_to_stderr(tmp_path: Path, words: str) -> None:
    mine = backend(tmp_path, CHATTY)
    assert words in run("probe", "-v", mine).stderr
    assert words not in run("probe", mine).stderr


@pytest.mark.slow
def test_what_a_backend_prints_is_shown_if_it_does_not_load(tmp_path: Path) -> None:
    broken = 'print("I look for fictorch")\nraise ImportError("no fictorch")\n'
    done = run("probe", backend(tmp_path, broken))
    assert done.returncode == 2
    assert "I look for fictorch" in done.stderr


@pytest.mark.slow
def test_findings_of_several_families_are_apart_too(tmp_path: Path) -> None:
    done = run("probe", "--json", "textbook.sum", backend(tmp_path, CHATTY))
    assert len(json.loads(done.stdout)) == 2


@pytest.mark.slow
def test_ctrl_c_while_a_backend_is_called_is_one_line(tmp_path: Path) -> None:
    done = run("probe", backend(tmp_path, INTERRUPTED))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == "conformance probe: interrupted"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words", [("report", "x.json"), ("merge", "x.json", "--output", "never.json")]
)
def test_ctrl_c_while_documents_are_read_is_one_line(
    words: Sequence[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: Path) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr("conv2d_conformance.cli.results_commands.read", interrupted)
    assert main(words) == 2
    assert capsys.readouterr().err == f"conformance {words[0]}: interrupted\n"


def test_ctrl_c_in_the_first_instant_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Importing(ModuleType):
        def __getattr__(self, _: str) -> NoReturn:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "conv2d_conformance.cli.main", Importing("main"))
    assert started() == 2
    assert capsys.readouterr().err == "conformance: interrupted\n"


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_terminal_that_cannot_show_a_character_shows_another(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    path = tmp_path / "Größe√.py"
    path.write_text("from tests.mutants.direct import conv2d\n", "utf-8")
    command = [sys.executable, "-m", "conv2d_conformance", "probe", f"{path}:conv2d"]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
    assert "Größe√".encode(encoding, "replace") in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("words", [["backends"], ["probe", "textbook.sum"]])
def test_pytest_is_loaded_by_run_alone(words: list[str]) -> None:
    told = f"import sys; from conv2d_conformance.cli.main import main; main({words});"
    told += "print(*sys.modules)"
    assert "pytest" not in python("-c", told).stdout.splitlines()[-1].split()


@pytest.mark.slow
def test_usage_names_the_module_where_that_was_typed() -> None:
    assert run("prob").stderr.startswith("usage: python -m conv2d_conformance ")


def test_what_takes_long_is_reported_ever_more_rarely(capsys: pytest.CaptureFixture[str]) -> None:
    with console.tell_if_slow("quick", seconds=60):
        pass
    with console.tell_if_slow("searching", seconds=0.05):
        time.sleep(0.5)
    said = capsys.readouterr().err.splitlines()
    assert 1 <= len(said) <= 4
    assert said[0] == "searching: 0 s so far"


def test_usage_names_the_script_where_that_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/conv2d-conformance", "prob"])
    assert console.program() == "conv2d-conformance"


@pytest.mark.slow
def test_the_version_is_the_installed_one() -> None:
    done = run("--version")
    expected = f"conv2d-conformance {metadata.version('conv2d-conformance')}\n"
    assert (done.returncode, done.stdout) == (0, expected)


def test_a_checkout_that_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> NoReturn:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", absent)
    assert console.version() == "conv2d-conformance, not installed: run from a checkout"
