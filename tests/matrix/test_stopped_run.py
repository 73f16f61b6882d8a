"""A run that is stopped in the middle leaves a document of what it had."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.reports.document.files import load
from tests.helpers.interrupts import interruptible

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
STOPS = """
import os, time
from pathlib import Path

from tests.mutants import direct


def conv2d(img, k, padding):
    if img.shape == (17, 19):
        Path(os.environ["STOPPED"]).touch()
        time.sleep(60)
    return direct.conv2d(img, k, padding)
"""


def until(happened: Path, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while not happened.exists() and time.monotonic() < deadline and running.poll() is None:
        time.sleep(0.02)


@pytest.fixture
def stopped(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """Status and document of a run that got a signal while a call was under way."""
    backend, here, document = (tmp_path / name for name in ("stops.py", "here", "results.json"))
    backend.write_text(STOPS)
    running = subprocess.Popen(
        [sys.executable, "-m", "pytest", "conformance", "-p", "no:cacheprovider", "-m", "shape",
         "--backend", f"{backend}:conv2d", "--results", document],
        cwd=ROOT,
        env={**os.environ, "STOPPED": str(here)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=interruptible,  # noqa: PLW1509  (no threads here)
    )  # fmt: skip
    try:
        until(here, running)
        running.send_signal(request.param)
        yield running.wait(timeout=30), document
    finally:
        running.kill()
        running.wait()


@pytest.mark.parametrize("stopped", [signal.SIGKILL, signal.SIGINT], indirect=True)
def test_a_run_that_is_stopped_keeps_what_it_had_and_has_no_end(stopped: tuple[int, Path]) -> None:
    status, document = stopped
    (run,) = load(document)["runs"]
    kinds = [record["kind"] for record in run["records"]]
    assert status != 0
    assert kinds.count("verdict") > 5
    assert "end" not in kinds
