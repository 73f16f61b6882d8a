"""A hostile call in the middle of a matrix costs its own records, and nothing of the others'."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.cli.main import main
from conv2d_conformance.reports.document.files import load
from tests.helpers.hostile_backends import SHAPE
from tests.helpers.planted_versions import SOURCE

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Run

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
GOOD = ("good1.py:conv2d", "good2.py:conv2d")
# Checks of images of 9×10 pixels, on which the hostile calls act, and ten times as many others.
CHECKS = "V1 and 7x7 or S2 or H1"
SOME = f"{SHAPE[0]}x{SHAPE[1]}-"
# How its records tell it; where one has hung, its siblings are not called.
ENDINGS = {
    "segfaults": ("crashed", "died of SIGSEGV: Fatal Python error: Segmentation fault"),
    "hangs": ("timed out", "no result within 1 s"),
    "exits": ("crashed", "its process ended with status 0"),
    "floods": ("crashed", "printed 1.0 MiB in one call, over 0.25 MiB"),
    "eats": ("crashed", "MiB of memory, over 512 MiB"),
}


@dataclass(frozen=True)
class Hostile:
    """A run with a hostile call between two right ones."""

    name: str
    status: int
    run: Run
    document: Path
    verdicts: list[Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two right calls, each in a file of its own."""
    made = tmp_path_factory.mktemp("calls")
    for name in ("good1.py", "good2.py"):
        (made / name).write_text(SOURCE, "utf-8")
    return made


def ran(folder: Path, name: str, *backends: str, deadline: int = 30) -> tuple[int, Run]:
    """Exit code and results of these backends, judged one after the other, in little memory."""
    chosen = [word for backend in backends for word in ("--backend", backend)]
    document = folder / f"{name}.json"
    words = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "tests.helpers.little_memory",
        "-k",
        CHECKS,
        *chosen,
    ]
    words += ["--deadline", str(deadline), "--results", str(document)]
    command = [sys.executable, "-m", "pytest", "conformance", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert document.is_file(), done.stdout + done.stderr
    (run,) = load(document)["runs"]
    return done.returncode, run


@pytest.fixture(scope="module")
def good(folder: Path) -> list[str]:
    return [str(folder / name) for name in GOOD]


@pytest.fixture(scope="module")
def alone(folder: Path, good: list[str]) -> Run:
    """What comes of the right calls where there is no hostile one."""
    return ran(folder, "alone", *good)[1]


def verdicts(run: Run, *backends: str) -> list[Any]:
    return [r for r in run["records"] if r["kind"] == "verdict" and r["backend"] in backends]


def outcomes(run: Run, *backends: str) -> set[tuple[str, ...]]:
    found = verdicts(run, *backends)
    return {(v["backend"], v["check"], v["case"], v["outcome"]) for v in found}


@pytest.fixture(scope="module", params=ENDINGS)
def hostile(request: pytest.FixtureRequest, folder: Path, good: list[str]) -> Hostile:
    """What comes of them where a hostile call is judged between them."""
    backend = f"{ROOT / 'tests' / 'helpers' / 'hostile_backends.py'}:{request.param}"
    deadline = 1 if request.param == "hangs" else 30
    status, run = ran(folder, request.param, good[0], backend, good[1], deadline=deadline)
    document = folder / f"{request.param}.json"
    return Hostile(request.param, status, run, document, verdicts(run, backend))


def test_the_run_ends_and_is_no_pass(hostile: Hostile) -> None:
    assert (hostile.status, hostile.run["records"][-1]["kind"]) == (1, "end")


def test_the_others_are_untouched(hostile: Hostile, good: list[str], alone: Run) -> None:
    assert outcomes(hostile.run, *good) == outcomes(alone, *good)


def test_the_others_are_judged(good: list[str], alone: Run) -> None:
    passed = [v["backend"] for v in verdicts(alone, *good) if v["outcome"] == "passed"]
    assert Counter(passed) == dict.fromkeys(good, 37)


def test_its_records_say_what_happened(hostile: Hostile) -> None:
    ended = [v for v in hostile.verdicts if v["case"].partition("/")[2].startswith(SOME)]
    outcome, words = ENDINGS[hostile.name]
    told = [(v["outcome"], words in (v["message"] or "")) for v in ended]
    rest = ("not run", False) if hostile.name == "hangs" else (outcome, True)
    assert told == [(outcome, True), rest, rest], ended


def test_its_other_records_pass(hostile: Hostile) -> None:
    others = [v for v in hostile.verdicts if not v["case"].partition("/")[2].startswith(SOME)]
    assert {v["outcome"] for v in others} == {"passed", "unsupported"}


def test_the_report_of_the_run_is_drawn(hostile: Hostile, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    status = main(["report", str(hostile.document), "--output", str(page)])
    assert (status, ENDINGS[hostile.name][1] in page.read_text("utf-8")) == (0, True)
