"""The command `explain`: what it prints of two calls, and what it says of a mistake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.backends.protocol import Unavailable
from conv2d_conformance.backends.registry import SHIPPED
from conv2d_conformance.backends.worker import run_snippet
from conv2d_conformance.cli.main import main
from conv2d_conformance.runtime.runner_pool import RunnerPool
from conv2d_conformance.translation import measured
from conv2d_conformance.translation.drawing import kernels, surroundings
from conv2d_conformance.translation.measured import committed, measure
from conv2d_conformance.translation.translation_table import facts_of, translate_all_pairs
from tests.helpers.command_line import FLIPS_ROWS, ROOT, run
from tests.helpers.documents import backend, document, fact
from tests.helpers.documents import run as run_of
from tests.helpers.translations import shipped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conv2d_conformance.runtime.remote import RemoteRunner

A, B = "scipy.signal.convolve2d", "keras.layers.Conv2D"
PICTURE = """\
  scipy.signal.convolve2d    scipy.ndimage.correlate
  . . . . . .                e d d e f f
  . . . . . .                b a a b c c
  . . a b c .                b a a b c c
  . . d e f .                e d d e f f
  . . g h i .                h g g h i i
  . . . . . .                h g g h i i"""


def never(_: RunnerPool, selector: str) -> RemoteRunner:
    raise Unavailable(f"backend {selector!r} needs what is not installed")  # noqa: EM102  (short)


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RunnerPool, "runner", never)


def explained(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["explain", *words]) == 0
    return capsys.readouterr().out


@pytest.mark.usefixtures("nothing_installed")
def test_the_question_is_answered_first(capsys: pytest.CaptureFixture[str]) -> None:
    told = explained(capsys, A, B)
    first, second, third, *_ = (" ".join(line.split()) for line in told.split(".\n"))
    assert f"{first}." == f"{A} rotates the kernel by 180°; {B} reads the kernel as it is."
    assert f"extra row and column before the image in {A}" in second
    assert "not enough to turn the kernel" in third


@pytest.mark.usefixtures("nothing_installed")
def test_what_is_not_installed_is_explained_from_the_committed_measurement(
    capsys: pytest.CaptureFixture[str],
) -> None:
    version = committed()[B]["versions"]["keras"]
    told = f"{B}: committed measurement with keras {version}"
    assert told in explained(capsys, A, B)


@pytest.mark.usefixtures("nothing_installed")
def test_filters_leave_the_code_that_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(explained(capsys, A, B, "--json", "--padding", "same", "--kernel", "even"))
    asked = [(t["of"], t["to"], t["padding"], t["kernel"]) for t in found["translations"]]
    assert asked == [(A, B, "same", "even"), (B, A, "same", "even")]


@pytest.mark.slow
def test_one_code_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    told = explained(capsys, "textbook.sum", "textbook.paint")
    assert told.count("y = np.array") == 6
    assert "No difference between textbook.sum and textbook.paint was measured." in told


@pytest.mark.slow
def test_a_function_of_ones_own_is_explained(tmp_path: Path) -> None:
    # Not mine.py: the code names a module after its file, and other tests run such code here too.
    path = tmp_path / "explained.py"
    path.write_text(FLIPS_ROWS)
    done = run("explain", "textbook.sum_plus", f"{path}:conv2d", "--json")
    found = json.loads(done.stdout)
    codes = [t["code"] for t in found["translations"] if t["of"] == "textbook.sum_plus"]
    img, k = np.arange(42.0).reshape(6, 7), np.arange(6.0).reshape(2, 3)
    shapes = [run_snippet.run(code, (img, k, "")).shape for code in codes]
    assert shapes == [(5, 5), (5, 5), (6, 7), (6, 7), (7, 9), (7, 9)]


@pytest.mark.slow
def test_an_interpreter_that_is_named_is_asked(tmp_path: Path) -> None:
    link = tmp_path / "python"
    link.symlink_to(sys.executable)
    done = run("explain", f"textbook.sum@{link}", "textbook.sum_plus")
    assert (done.returncode, "probing textbook.sum@" in done.stderr) == (0, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("textbook.sum", "torch.nn.ConvTranspose2d"), "is a transposed convolution"),
        (("textbook.sum", "tourch"), "did you mean 'torch'?"),
        (("scipy.ndimage", "textbook.sum"), "stands for 2 calls; name one"),
        (("textbook.sum", "nowhere.py:conv2d"), "there is no file nowhere.py"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(words: Sequence[str], named: str) -> None:
    done = run("explain", *words)
    said = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert named in said[-1]
    assert [line for line in said[:-1] if not line.startswith("probing")] == []


@pytest.mark.slow
def test_plain_ascii_is_enough_to_print() -> None:
    words = ("-m", "conv2d_conformance", "explain")
    done = subprocess.run(
        [sys.executable, *words, "textbook.sum", "textbook.sum_plus"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"}, cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    assert b"rotates the kernel by 180 degrees" in done.stdout


def test_the_picture_shows_anchors_and_boundaries() -> None:
    calls = shipped()[A], shipped()["scipy.ndimage.correlate"]
    assert "\n".join(surroundings(*calls)).endswith(PICTURE)


def test_the_picture_lays_the_kernel_as_it_is_read() -> None:
    drawn = list(kernels(shipped()[A], shipped()[B]))
    assert [line.split() for line in drawn[2:]] == [
        ["9", "8", "7", "1", "2", "3"],
        ["6", "[5]", "4", "4", "[5]", "6"],
        ["3", "2", "1", "7", "8", "9"],
    ]


def test_every_translation_is_there_for_a_page_to_pick() -> None:
    found = translate_all_pairs({name: call.facts for name, call in shipped().items()})
    picked = [
        entry
        for entry in found
        if (entry["to"], entry["padding"], entry["kernel"]) == (A, "same", "even")
    ]
    assert sorted(name for entry in picked for name in entry["of"]) == sorted(SHIPPED)
    assert len(picked) < len(SHIPPED) / 2
    assert set(found[0]) == {"of", "to", "padding", "kernel", "code", "why"}


def test_the_facts_of_a_document_are_enough() -> None:
    facts = committed()[A]["facts"]
    records = [fact(name, value) for name, value in facts.items()]
    run_of_two = run_of(backend(A), *records, backend("x"), fact("ends", "stride", "x"))
    assert facts_of(document(run_of_two)) == {A: facts}


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_versions_in_a_document_the_code_is_for_the_newest(order: int) -> None:
    facts = committed()[A]["facts"]
    runs = [
        run_of(
            backend(A, versions={"scipy": version}),
            *(fact(name, value) for name, value in {**facts, "boundary": boundary}.items()),
            environment=version,
        )
        for version, boundary in (("1.3.0", "edge"), ("1.17.1", "zeros"))
    ]
    assert facts_of(document(*runs[::order]))[A]["boundary"] == "zeros"


@pytest.fixture(scope="module")
def places() -> Any:
    made = RunnerPool(seconds=300)
    yield made
    made.stop()


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_the_committed_measurement_is_what_is_measured_here(places: RunnerPool, name: str) -> None:
    kept = committed()[name]
    try:
        place = places.runner(name)
    except Unavailable as reason:
        pytest.skip(str(reason))
    there = {d: place.packages[d] for d in place.spec.distributions if d in place.packages}
    if there != kept["versions"]:
        pytest.skip(f"committed for {kept['versions']}, here is {there}")
    assert measure(place, name).call.facts == kept["facts"]


@pytest.mark.usefixtures("nothing_installed")
def test_the_file_of_measurements_keeps_what_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy = tmp_path / "measured.json"
    copy.write_text(measured.FILE.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(measured, "FILE", copy)
    kept = committed()
    measured.main()
    assert committed() == kept
