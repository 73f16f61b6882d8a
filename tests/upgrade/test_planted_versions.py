"""Two versions of a backend that differ by one planted change: run, compared, found and named.

Each version runs its whole matrix but for the timings, which two runs apart cannot compare.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.cli.results_commands import ALONE
from tests.helpers.planted_versions import SOURCE, VERSIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Baseline = Callable[[str], Path]

pytestmark = pytest.mark.slow

# The two longest checks, and no change here is one that they alone would show.
LONGEST = "G6 or no_input_is_found"


def ran(folder: Path, source: str, attr: str, left_out: str = LONGEST) -> tuple[int, Path]:
    """Exit code and document of the matrix of ``mine.py``, which each version is in its folder."""
    (folder / "mine.py").write_text(source, "utf-8")
    chosen = ["--backend", f"mine.py:{attr}", "--environment", "mine", "--results", "mine.json"]
    command = [sys.executable, "-m", "pytest", *ALONE, "-m", "not timing", *chosen]
    command += ["-k", f"not ({left_out})"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (folder / "mine.json").is_file(), done.stdout + done.stderr
    return done.returncode, folder / "mine.json"


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Baseline:
    """The document of version 1: of its function, or of its class."""

    @cache
    def make(attr: str) -> Path:
        return ran(tmp_path_factory.mktemp("before"), SOURCE, attr)[1]

    return make


def gate(before: Path, after: Path) -> tuple[int, dict[str, Any]]:
    """Exit code and findings of the command."""
    command = [
        sys.executable,
        "-m",
        "conv2d_conformance",
        "gate",
        str(before),
        str(after),
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def kinds(told: dict[str, Any]) -> set[str]:
    return {finding["kind"] for finding in told["findings"]}


@pytest.mark.parametrize("name", VERSIONS)
def test_a_planted_change_is_found_and_named(name: str, baseline: Baseline, tmp_path: Path) -> None:
    version = VERSIONS[name]
    alone, after = ran(tmp_path, version.source, version.attr)
    status, told = gate(baseline(version.attr), after)
    named = [
        finding
        for finding in told["findings"]
        if finding["kind"] == version.kinds[0]
        and version.subject in (finding["fact"], finding["clause"])
        and version.before in finding["before"]
        and version.after in finding["after"]
        and version.says in finding["meaning"]
    ]
    assert named, told["findings"]
    assert (alone, status, kinds(told)) == (version.alone, 1, set(version.kinds))


def test_the_same_version_again_shows_nothing(baseline: Baseline, tmp_path: Path) -> None:
    alone, after = ran(tmp_path, SOURCE, "conv2d")
    status, told = gate(baseline("conv2d"), after)
    assert (alone, status, told["findings"], told["notes"]) == (0, 0, [], [])
    assert told["joined"] > 700


def test_a_check_left_out_of_the_second_run_is_missed(baseline: Baseline, tmp_path: Path) -> None:
    _, after = ran(tmp_path, SOURCE, "conv2d", f"{LONGEST} or V3")
    status, told = gate(baseline("conv2d"), after)
    found = {(finding["kind"], finding["clause"]) for finding in told["findings"]}
    assert (status, found) == (1, {("vanished", "V3")})
