"""The command `upgrade`: what it refuses, judges, and finds between two versions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.reports.document.files import load
from conv2d_conformance.reports.tables.summary import RAN
from conv2d_conformance.runtime.environments import choose_python
from conv2d_conformance.runtime.environments.find_python import CannotBuildError
from conv2d_conformance.upgrade import sides
from tests.helpers.planted_packages import FLIPPED, HONEST, between, upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conv2d_conformance.reports.document.model import RatioRecord

SLOWED = Path(__file__).parents[1] / "benchmarks" / "slowed.py"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["jax==0.10.2"], "give BEFORE and AFTER, or --python twice"),
        (["a==1", "a==2", "a==3"], "give BEFORE and AFTER, or --python twice"),
        (["--python", "3.11"], "give BEFORE and AFTER, or --python twice"),
        (
            ["scipy=1", "scipy==2"],
            "'scipy=1' is no requirement: write it as pip has it",
        ),
        (["left-pad==1", "left-pad==2"], "no shipped backend is of left-pad; name what to judge"),
        (["--python", "no/python", "--python", "3.11"], "there is no Python 'no/python'"),
        (["--python", sys.executable] * 2, "no version differs; name what to judge with --backend"),
        (
            [*["--python", sys.executable] * 2, "--backend", "scipyy"],
            "unknown backend 'scipyy'; did you mean",
        ),
        (
            [*["--python", sys.executable] * 2, "--backend", "nowhere.py:conv2d"],
            "there is no file nowhere.py",
        ),
    ],
)
def test_what_cannot_be_judged_is_one_line_and_exit_2(
    words: Sequence[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = upgrade(*words)
    except SystemExit as error:
        status = int(str(error.code))
    told = capsys.readouterr().err.strip().splitlines()[-1]
    assert (status, said in told) == (2, True), told


def test_a_requirement_that_cannot_be_installed_is_exit_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def build(*_: object, **__: object) -> Path:
        msg = "cannot install scipy==99 for Python 3.11.7: no such version"
        raise CannotBuildError(msg)

    monkeypatch.setattr(choose_python, "build", build)
    assert upgrade("scipy==99", "scipy==1.17.1") == 2
    assert capsys.readouterr().err == (
        "conformance upgrade: cannot install scipy==99 for Python 3.11.7: no such version\n"
    )


@pytest.mark.slow
def test_each_side_is_built_with_what_it_asks_for_and_what_both_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, ...]] = []

    def build(requirements: Sequence[str], python: Path, **_: object) -> Path:
        asked.append((*requirements, python.name))
        return python

    monkeypatch.setattr(choose_python, "build", build)
    here = sys.executable
    sides.build_sides(["keras==1 jax==3", "keras==2"], [here], ["h5py"], lambda _: None)
    name = Path(here).name
    assert asked == [("keras==1", "jax==3", "h5py", name), ("keras==2", "h5py", name)]


@pytest.mark.parametrize(
    ("requirement", "first"),
    [
        ("SciPy==1.17.1", "scipy.signal.convolve2d"),
        ("tensorflow-cpu==2.21.0", "tensorflow.nn.conv2d"),
        ("jax[cpu]==0.10.2", "jax.lax.conv_general_dilated"),
        ("keras", "keras.layers.Conv2D"),
        ("torch==2.13.0", "torch.nn.functional.conv2d"),
        ("numpy==2.4.6", "textbook"),
    ],
)
def test_what_is_judged_is_what_the_upgraded_distribution_has(requirement: str, first: str) -> None:
    assert sides.backends_of_distributions(sides.distributions([requirement]))[0] == first


@pytest.mark.slow
def test_a_version_against_itself_gives_no_finding(
    version: Callable[[str, str], str],
    few: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    few("5x5 or 9x10")
    python = version("one", HONEST)
    assert between(python, python) == 0
    assert capsys.readouterr().out.startswith("no finding; 0 notes")
    (run,) = load(Path("up/after.json"))["runs"]
    judged = [r for r in run["records"] if r["kind"] == "verdict" and r["outcome"] in RAN]
    assert len(judged) > 50


ADAPTER = """\
from conv2d_conformance.backends.protocol import Spec


class Adapter:
    spec = Spec("calls", "calls.conv2d(img, k, padding)", paddings=("valid",))

    def conv2d(self, img, k, padding):
        from calls import conv2d

        return conv2d(img, k, padding)
"""


@pytest.mark.slow
def test_an_adapter_in_a_file_is_judged_under_the_name_that_it_declares(
    version: Callable[[str, str], str],
    few: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    few("5x5")
    Path("mine.py").write_text(ADAPTER, "utf-8")
    python = version("one", HONEST)
    words = ("--python", python, "--python", python, "--backend", "mine.py:Adapter")
    assert upgrade(*words, "--seconds", "0.5", "--output", "up") == 0
    assert "could not judge" not in capsys.readouterr().err


@pytest.mark.slow
def test_a_flipped_kernel_is_found_and_named(
    version: Callable[[str, str], str],
    few: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    few("5x5")
    assert between(version("one", HONEST), version("two", FLIPPED)) == 1
    told = capsys.readouterr().out
    assert "fact changed\n" in told
    assert "correlation -> convolution" in told
    assert Path("up/report.html").is_file()


@pytest.mark.serial
@pytest.mark.slow
def test_a_call_that_got_a_fifth_slower_is_found_by_calls_made_in_turn(
    version: Callable[[str, str], str],
    few: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    few("32x32-by-3x3 or 32x32-by-5x5")
    code = SLOWED.read_text("utf-8")
    slower = code + "\n\nconv2d = fifth_slower\n"
    assert between(version("one", code), version("two", slower), seconds="4") == 1
    assert capsys.readouterr().out.startswith("manners: slower\n")
    (run,) = load(Path("up/after.json"))["runs"]
    ratios: list[RatioRecord] = [r for r in run["records"] if r["kind"] == "ratio"]
    assert [(r["case"], r["slower"], r["ratio"] > 1.1) for r in ratios] == [  # type: ignore[operator]
        (f"same/32x32-by-{n}x{n}/float32/normal", True, True) for n in (3, 5)
    ]
