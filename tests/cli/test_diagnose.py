from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.cli.main import main
from conv2d_conformance.diagnosis.diagnose import diagnose_result
from tests.helpers.naive_planes import correlate
from tests.helpers.planted_misreadings import Planted, operands, same

if TYPE_CHECKING:
    from pathlib import Path

    from conv2d_conformance.backends.protocol import Array

K = (3, 4)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    img, k = operands(0, (11, 9), K)
    plain = Planted(same(K)).result(img, k)
    single, lost, border = plain.copy(), plain.copy(), plain.copy()
    single[5, 4] += 1
    lost[2, 3] = np.nan
    border[0] = 0
    made = {
        "image": img, "kernel": k, "plain": plain, "single": single, "lost": lost,
        "border": border, "rotated": Planted(same(K, (0, 1)), "convolution").result(img, k),
        "shuffled": plain[::-1], "large": np.ones((20, 20)), "half": 0.5 * plain + 1,
        "huge": np.ones((60, 60), np.float32), "constant": np.zeros_like(plain),
    }  # fmt: skip
    for name, array in made.items():
        np.save(tmp_path / f"{name}.npy", array)
    return tmp_path


def diagnosed(folder: Path, *names: str, options: tuple[str, ...] = ()) -> int:
    files = [str(folder / f"{name}.npy") for name in names]
    return main(["diagnose", *files, *options])


@pytest.mark.slow
def test_the_question_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["diagnose", "--example"])
    out = capsys.readouterr().out
    said = (
        "1. kernel rotated by 180°",
        'use scipy.signal.correlate2d(image, kernel, mode="same")',
        "not `kernel.T` for `kernel`: mean (0.001123855)",
        "elements differ by up to 1.4",
        "give it `kernel[::-1, ::-1]`",
    )
    assert (status, [words for words in said if words not in out]) == (1, [])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("names", "status"),
    [(["plain"], 0), (["rotated"], 1), (["single"], 1), (["plain", "plain"], 0),
     (["rotated", "rotated"], 0), (["plain", "rotated"], 1)],
)  # fmt: skip
def test_the_exit_code_tells_what_was_found(folder: Path, names: list[str], status: int) -> None:
    assert diagnosed(folder, "image", "kernel", *names) == status


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("single", "1 of 99 elements differ: single elements, rows 5 to 5, columns 4 to 4"),
        ("lost", "1 of them NaN or infinite; the worst at [2, 3]: expected"),
        ("border", "the border, 1 wide, at the top; the worst at [0,"),
        ("constant", "every element of"),
    ],
)
def test_none_of_these_says_where_it_differs(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    diagnosed(folder, "image", "kernel", name)
    out = capsys.readouterr().out
    assert ("none of these" in out, said in out) == (True, True), out


def test_a_summary_that_agrees_is_warned_of(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    diagnosed(folder, "image", "kernel", "plain", "shuffled")
    assert "agrees: a summary cannot tell them apart" in capsys.readouterr().out


def test_rotating_an_even_kernel_is_not_said_to_be_enough(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    diagnosed(folder, "image", "kernel", "rotated", "plain")
    out = capsys.readouterr().out
    assert ("give it" in out, "padding: ((1, 1), (2, 1)) in" in out) == (False, True), out


@pytest.mark.slow
def test_an_unexplained_pair_is_related_directly(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = np.load(folder / "single.npy")
    np.save(folder / "turned.npy", 2 * broken.T)
    diagnosed(folder, "image", "kernel", "single", "turned")
    assert "result transposed, scaled by 2" in capsys.readouterr().out


def test_a_symmetric_kernel_is_warned_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    img, k = operands(0, (11, 9), (3, 3))[0], np.ones((3, 3), np.float32)
    for name, a in {"i": img, "k": k, "r": Planted(same((3, 3))).result(img, k)}.items():
        np.save(tmp_path / f"{name}.npy", a)
    status = diagnosed(tmp_path, "i", "k", "r")
    said = "the kernel is symmetric: read as correlation it equals convolution"
    assert (status, said in capsys.readouterr().out) == (0, True)


def test_json_lists_the_ranked_hypotheses(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    diagnosed(folder, "image", "kernel", "rotated", options=("--json",))
    (result,) = json.loads(capsys.readouterr().out)["results"]
    best: dict[str, Any] = result["hypotheses"][0]
    assert (best["orientation"], best["padding"]) == ("convolution", "same-lower")


@pytest.mark.slow
def test_a_call_is_made_on_the_operands(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(folder / f"{name}.npy") for name in ("image", "kernel")]
    assert main(["diagnose", *files, "textbook.sum_plus", "--padding", "full"]) == 0
    assert "full" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["image.npy"], "give IMAGE KERNEL RESULT"),
        (["image.npy", "kernel.npy", "no.npy"], "there is no file"),
        (["image.npy", "kernel.npy", "textbok.sum"], "did you mean 'textbook.sum'?"),
        (["image.npy", "kernel.npy", "scipy"], "calls; name one, as scipy.signal"),
        (["image.npy", "kernel.npy", "no.py:conv2d"], "there is no file"),
        (["kernel.npy", "image.npy", "plain.npy"], "is larger than the image"),
        (["image.npy", "kernel.npy", "huge.npy"], "no padding, stride or layout makes 60 × 60"),
        (["image.npy", "kernel.npy", *["plain.npy"] * 3], "3 results were given"),
    ],
)
def test_what_cannot_be_judged_is_one_line_and_exit_code_2(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(folder)
    status, told = main(["diagnose", *words]), capsys.readouterr()
    assert (status, told.out, told.err.count("\n"), said in told.err) == (2, "", 1, True), told.err


def layered() -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(0)
    img, k = rng.standard_normal((2, 3, 9, 8)), rng.standard_normal((4, 3, 3, 2))
    return img, k, correlate(img, k, [(1, 1), (0, 1)], (1, 1), (1, 1), 1)


def deviations(img: Array, k: Array, made: Array) -> list[str]:
    told = diagnose_result("result", img, k, made, "correlation")
    return told.deviations(told.found[0]) if told.found else ["none of these"]


def test_channels_first_are_plain() -> None:
    assert deviations(*layered()) == []


def test_channels_last_are_plain() -> None:
    img, k, made = layered()
    last = (0, 2, 3, 1)
    assert deviations(img.transpose(last), k.transpose(2, 3, 1, 0), made.transpose(last)) == []


def test_a_result_in_another_layout_is_told() -> None:
    img, k, made = layered()
    told = deviations(img, k, made.transpose(0, 2, 3, 1))
    assert told == ["result is NHWC where the image is NCHW"]


@pytest.mark.slow
def test_channels_in_reverse_are_told() -> None:
    img, k, made = layered()
    assert deviations(img[:, ::-1], k, made) == ["channels in reverse"]


@pytest.mark.slow
def test_a_reshape_for_a_transpose_is_told() -> None:
    img, k, _ = layered()
    mixed = img.transpose(0, 2, 3, 1).reshape(img.shape)
    made = correlate(mixed, k, [(1, 1), (0, 1)], (1, 1), (1, 1), 1)
    words = "image reshaped from channels last to channels first, not transposed"
    assert deviations(img, k, made) == [words]


def test_axes_of_length_one_may_be_left_out() -> None:
    img, k = operands(0, (11, 9), K)
    made = Planted(same(K)).result(img, k)
    assert deviations(img[None, :, :, None], k[:, :, None, None], made) == []


@pytest.mark.slow
def test_a_valid_result_laid_in_zeros_is_told_by_its_border(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    img, k = np.load(folder / "image.npy"), np.load(folder / "kernel.npy")
    windows = np.lib.stride_tricks.sliding_window_view(img, k.shape)
    inside = np.einsum("ijab,ab", windows, k)
    rows, columns = ((n - 1) // 2 for n in k.shape)
    laid = np.zeros(img.shape, inside.dtype)
    laid[rows : rows + len(inside), columns : columns + inside.shape[1]] = inside
    np.save(folder / "laid.npy", laid)
    files = [str(folder / f"{name}.npy") for name in ("image", "kernel", "laid")]
    assert main(["diagnose", *files]) == 1
    out = capsys.readouterr().out
    assert "inside the border it is the nearest; the border is zero, as where a `valid`" in out
