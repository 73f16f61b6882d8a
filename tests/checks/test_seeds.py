"""Whatever the seed, no honest call raises an alarm; ids stay, numbers and definitions change.

The full sweep: ``SEEDS=100 python -m pytest tests/checks/test_seeds.py``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.backends.registry import load
from conv2d_conformance.cases import planes, random_data
from conv2d_conformance.errors import NonconformanceError
from conv2d_conformance.reports.document.files import load as read
from conv2d_conformance.under_test.backend import BackendUnderTest
from tests.helpers.judge_mutant import HONEST, check_named, outcome_with
from tests.mutants.table import EXACT
from tests.mutants.table import REAL as REAL_DATA

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SEEDS = tuple(range(1, 1 + int(os.environ.get("SEEDS", "3"))))
# SciPy's direct and FFT calls; scipy.ndimage has a deviation that its data bring out or not.
SCIPY = ("scipy.signal.convolve2d", "scipy.signal.correlate2d", "scipy.signal.convolve-direct",
         "scipy.signal.fftconvolve", "scipy.signal.oaconvolve")  # fmt: skip
# Every family, where bounds are tightest; few enough to repeat.
REAL = [
    c
    for c in planes.REAL
    if c.covering
    and c.dtype in ("float32", "float64")
    and c.kernel < (31, 31)
    and c.image < (96, 97)
]
INTEGERS = [c for c in planes.PLAIN_CASES if c.covering and max(c.image) < 12]


@pytest.fixture(scope="module")
def subjects() -> dict[str, BackendUnderTest]:
    """Honest calls, each probed once."""
    made = {
        name: outcome_with(function, "fft" if name == "fourier" else "direct")
        for name, function in HONEST.items()
    }
    return made | {name: BackendUnderTest(load(name)) for name in SCIPY}


@pytest.fixture(params=SEEDS)
def seed(request: pytest.FixtureRequest) -> Iterator[int]:
    """Another seed for the time of one test."""
    token = random_data.SEED.set(request.param)
    yield request.param
    random_data.SEED.reset(token)


def alarms(subject: BackendUnderTest) -> list[str]:
    """The failures of honest values, one check after the other."""
    told = []
    for name, some in ((REAL_DATA, REAL), (EXACT, INTEGERS)):
        for case in (case for case in some if not subject.lacks(case)):
            try:
                check_named(name).run(subject, case)
            except NonconformanceError as failure:
                told.append(f"{case.id}: {failure}")
    return told


@pytest.mark.usefixtures("seed")
@pytest.mark.parametrize("name", [*HONEST, *SCIPY])
def test_no_seed_makes_an_honest_call_fail(
    name: str, subjects: dict[str, BackendUnderTest]
) -> None:
    assert alarms(subjects[name]) == []


@pytest.mark.usefixtures("seed")
def test_a_seed_changes_every_definition_and_no_id() -> None:
    some = [c for c in (*planes.PLAIN_CASES, *planes.REAL, *planes.LAID_OUT) if max(c.image) < 40]
    told = {case.id: case.definition() for case in some}
    token = random_data.SEED.set(0)
    try:
        usual = {case.id: case.definition() for case in some}
    finally:
        random_data.SEED.reset(token)
    assert told.keys() == usual.keys()
    assert not set(told.values()) & set(usual.values())


@pytest.mark.slow
@pytest.mark.parametrize("option", [(), ("--seed", "5")])
def test_a_run_records_its_seed(option: tuple[str, ...], tmp_path: Path) -> None:
    results = tmp_path / "r.json"
    words = ["conformance", "-q", "-p", "no:cacheprovider", "-k", "D1", "--results", str(results),
             "--backend", "tests/mutants/direct.py:conv2d"]  # fmt: skip
    subprocess.run(
        [sys.executable, "-m", "pytest", *words, *option], cwd=ROOT, check=True, capture_output=True
    )
    (run,) = read(results)["runs"]
    repeats = {r["repeat"] for r in run["records"] if r["kind"] == "verdict"}
    assert run["command"].endswith(" ".join(option))
    assert all(" ".join(option) in str(command) for command in repeats)
