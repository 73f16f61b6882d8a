"""The command `upgrade` where it could be green of nothing, or is asked for what is not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from conv2d_conformance.cli import upgrade as upgrading
from conv2d_conformance.cli.main import main
from conv2d_conformance.runtime.runner_pool import split_selector
from conv2d_conformance.upgrade import remote_pairs
from tests.helpers.planted_packages import FLIPPED, HONEST, between, upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Version = Callable[[str, str], str]
    Few = Callable[[str], None]

# Of the larger sizes alone, so that what is left of a call's speed is in the smallest.
LATE = """

fast = conv2d


def conv2d(img, k, padding):
    import time

    if img.shape == (128, 128):
        time.sleep(0.2)
    return fast(img, k, padding)
"""
SIZES = "float32/normal and (32x32-by-5x5 or 128x128-by-3x3)"


@pytest.mark.parametrize("seconds", ["nan", "-1", "inf", "soon"])
def test_seconds_that_are_none_are_refused(
    seconds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        upgrade("jax==0.9.2", "jax==0.10.2", "--seconds", seconds)
    assert f"'{seconds}' is no number of seconds: give one such as 20" in capsys.readouterr().err


@pytest.mark.serial
@pytest.mark.slow
def test_a_size_that_became_too_slow_to_be_timed_is_slower(
    version: Version, few: Few, capsys: pytest.CaptureFixture[str]
) -> None:
    few(SIZES)
    assert between(version("one", HONEST), version("two", HONEST + LATE), seconds="20") == 1
    told = capsys.readouterr().out
    assert told.startswith("manners: slower\n")
    assert "128x128-by-3x3" in told


@pytest.mark.serial
@pytest.mark.slow
def test_one_that_does_not_even_fit_the_pairs_is_not_judged(
    version: Version, few: Few, capsys: pytest.CaptureFixture[str]
) -> None:
    few(SIZES)
    assert between(version("one", HONEST), version("two", HONEST + LATE), seconds="2") == 2
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("could not judge: the speed of calls:conv2d: same/128x128-by-3x3")


@pytest.mark.serial
@pytest.mark.slow
def test_pairs_that_could_not_be_timed_are_no_pass(
    version: Version,
    few: Few,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def ratios(*_: object) -> Sequence[object]:
        msg = "no device"
        raise RuntimeError(msg)

    few("32x32-by-5x5")
    monkeypatch.setattr(remote_pairs, "ratios", ratios)
    assert between(version("one", HONEST), version("two", HONEST), seconds="1") == 2
    assert (
        capsys.readouterr()
        .out.splitlines()[-1]
        .startswith(
            "could not judge: the speed of calls:conv2d: RuntimeError: no device; "
            "--seconds 0 leaves speed out; 0 findings so far"
        )
    )


@pytest.mark.slow
def test_what_lies_in_the_working_folder_is_not_taken_for_what_is_installed(
    version: Version, few: Few
) -> None:
    few("5x5")
    Path("calls.py").write_text(HONEST, "utf-8")
    assert between(version("one", HONEST), version("two", FLIPPED)) == 1


@pytest.mark.slow
def test_an_interpreter_may_lie_where_an_at_sign_is(version: Version, few: Few) -> None:
    few("5x5")
    assert between(version("python@3.11", HONEST), version("name@company", HONEST)) == 0


def test_a_file_and_its_interpreter_may_both_lie_where_an_at_sign_is(tmp_path: Path) -> None:
    python = tmp_path / "python@3.11"
    python.touch()
    assert split_selector(f"a@b/calls.py:conv2d@{python}") == ("a@b/calls.py:conv2d", python)


@pytest.mark.slow
def test_json_is_all_of_what_is_printed(
    version: Version, few: Few, capsys: pytest.CaptureFixture[str]
) -> None:
    few("5x5")
    python = version("one", HONEST)
    words = ["--python", python, "--backend", "calls:conv2d", "--seconds", "0", "--json"]
    assert main(["upgrade", "--python", python, *words, "--output", "up"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []


@pytest.mark.slow
def test_a_persons_options_of_pytest_do_not_cut_the_matrix(
    version: Version, few: Few, monkeypatch: pytest.MonkeyPatch
) -> None:
    few("5x5")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    python = version("one", HONEST)
    assert between(python, python) == 0


@pytest.mark.slow
def test_one_version_on_both_sides_is_told(
    version: Version, few: Few, capsys: pytest.CaptureFixture[str]
) -> None:
    few("5x5")
    python = version("one", HONEST)
    assert between(python, python) == 0
    assert "what differs: nothing, all versions are the same" in capsys.readouterr().err


@pytest.mark.slow
def test_what_gives_no_result_on_either_side_is_not_judged(
    version: Version, few: Few, capsys: pytest.CaptureFixture[str]
) -> None:
    few("5x5 or loads")
    broken = HONEST.replace("    if padding", "    import not_there\n    if padding")
    python = version("one", broken)
    words = ("--python", python, "--python", python, "--backend", "calls:conv2d", "--json")
    assert upgrade(*words, "--seconds", "0", "--output", "up") == 2
    told, *_ = json.loads(capsys.readouterr().out)["could_not_judge"]
    assert told == "calls:conv2d: no padding gave a result on either side"
    assert told in Path("up/report.html").read_text("utf-8")


@pytest.mark.slow
def test_two_at_once_do_not_mix_their_documents(
    version: Version, few: Few, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few("5x5")
    (tmp_path / "up").mkdir()
    python = version("one", HONEST)
    with FileLock(tmp_path / "up" / ".lock"):
        assert between(python, python) == 2
    told = "up: another upgrade is writing there; choose another --output\n"
    assert capsys.readouterr().err.endswith(told)


def test_an_output_that_is_a_file_is_told_before_anything_is_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "up").touch()
    assert upgrade("jax==0.9.2", "jax==0.10.2", "--output", str(tmp_path / "up")) == 2
    assert "cannot write (File exists); choose another --output" in capsys.readouterr().err


def test_interpreters_are_compared_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        upgrade("--python", "a", "--python", "b", "--with", "scipy")
    assert "--with needs BEFORE and AFTER" in capsys.readouterr().err


@pytest.mark.slow
def test_a_python_that_lacks_numpy_is_told_before_anything_runs(
    version: Version, few: Few, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few("5x5")
    bare = version("two", HONEST)
    (numpy,) = Path(bare).parents[1].glob("lib/python*/site-packages/numpy.pth")
    numpy.unlink()
    monkeypatch.setattr(upgrading, "matrix", pytest.fail)
    assert between(version("one", HONEST), bare) == 2
    assert "No module named 'numpy'; it needs Python 3.7 or later and NumPy" in (
        capsys.readouterr().err
    )
