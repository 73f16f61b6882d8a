"""tox's packages come by uv, else by pip; the pins leave room for what is asked."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.runtime.environments import uv

SCRIPT = Path(__file__).parents[2] / ".ci" / "install.py"
PIP = 7  # what the pip of these tests exits with


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(sys, "path", [*sys.path])
    return runpy.run_path(str(SCRIPT))


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The words of each call of pip."""
    called: list[list[str]] = []

    def call(words: list[str], env: object) -> int:
        assert env
        called.append(words)
        return PIP

    monkeypatch.setattr(subprocess, "call", call)
    return called


def standing_in(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    command = uv.Command([sys.executable, "-c", program], dict(os.environ))
    monkeypatch.setattr(uv, "install_command", lambda *_: command)


def test_without_uv_pip_installs_under_the_pins(
    script: dict[str, Any], pip: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uv, "install_command", lambda *_: None)
    assert script["main"]([sys.executable, "six"]) == PIP
    assert [words[1:6] + words[7:] for words in pip] == [
        ["-I", "-m", "pip", "install", "-c", "six"]
    ]


@pytest.mark.slow
def test_what_uv_installs_pip_does_not(
    script: dict[str, Any], pip: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    standing_in(monkeypatch, "")
    assert (script["main"]([sys.executable, "six"]), pip) == (0, [])


@pytest.mark.slow
def test_where_uv_fails_pip_is_tried_and_it_says_why(
    script: dict[str, Any],
    pip: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    standing_in(monkeypatch, "raise SystemExit('no\\nway')")
    assert (script["main"]([sys.executable, "six"]), len(pip)) == (PIP, 1)
    assert capsys.readouterr().err == "pip is tried: uv could not: no way\n"


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("jax==0.9.2", ["numpy==2"]),
        ("JAX", ["jax==1", "numpy==2"]),
        ("jax>=1", ["jax==1", "numpy==2"]),
        ("--pre", ["jax==1", "numpy==2"]),
    ],
)
def test_a_version_that_is_asked_for_beats_its_pin(
    script: dict[str, Any], asked: str, left: list[str]
) -> None:
    assert script["remaining_pins"](["jax==1", "numpy==2"], [asked]) == left
