"""Every code that `explain` can print for shipped calls runs, and gives the other call's result.

Each pair is judged through one exact result: what a call gives and what its translations give are
both equal to the reference under the call's facts, on integers that are exact in any order. A
framework that is not installed is skipped, and its results are still asked of the others.
"""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.backends.protocol import Unavailable
from conv2d_conformance.backends.registry import SHIPPED
from conv2d_conformance.definition.correlation import BOUNDARIES, Orientation
from conv2d_conformance.runtime.runner_pool import RunnerPool
from conv2d_conformance.translation import translate
from conv2d_conformance.translation.call_facts import declared_spec
from conv2d_conformance.translation.translate import PARITIES, translations
from tests.helpers.translations import differs, operands, right, run_here, shipped, wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.runtime.remote import RemoteRunner


@pytest.fixture(scope="module")
def places() -> Iterator[RunnerPool]:
    made = RunnerPool(seconds=300)
    yield made
    made.stop()


def placed(places: RunnerPool, name: str) -> RemoteRunner:
    try:
        return places.runner(name)
    except Unavailable as reason:
        pytest.skip(str(reason))


def compiles(name: str) -> bool:
    found = declared_spec(name)
    return found is not None and found.compiles


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_a_call_gives_what_its_facts_say(places: RunnerPool, name: str) -> None:
    place, call = placed(places, name), shipped()[name]
    given = [
        (padding, each)
        for padding, parity in product(call.paddings, PARITIES)
        for each in operands(call, parity, few=compiles(name))
    ]
    found = [
        (padding, each)
        for padding, each in given
        if differs(
            np.asarray(place.call("conv2d", (*each.arrays(), padding), {})),
            right(call, padding, each),
            call,
        )
    ]
    assert (bool(given), found) == (True, [])


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_a_call_gives_every_other_calls_result_by_its_translations(
    places: RunnerPool, name: str
) -> None:
    place = placed(places, name)

    def run(code: str, img: Array, k: Array) -> Array:
        return place.snippet(code, (img, k, "not a padding"))

    count, found = wrong(shipped().values(), shipped()[name], run, few=compiles(name))
    assert (count > 0, found) == (True, [])


def unturned(of: Orientation, to: Orientation) -> Orientation:  # noqa: ARG001  (a mutant of mended)
    return "correlation"


def always(*_: Any) -> bool:
    return True


def other_way_round(reach: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: ((after, before) for before, after in reach(*args))


@pytest.mark.parametrize(
    ("name", "mutant"),
    [
        ("kernel_transform", unturned),
        ("_agree", always),
        ("_reach", other_way_round(translate._reach)),
        ("PAD_MODES", dict.fromkeys(BOUNDARIES, "constant")),
    ],
    ids=["no-flip", "words-are-kept", "other-anchor", "zeros-outside"],
)
def test_a_wrong_translation_is_caught(
    monkeypatch: pytest.MonkeyPatch, name: str, mutant: Any
) -> None:
    monkeypatch.setattr(translate, name, mutant)
    calls = shipped()
    tried = {n: calls[n] for n in ("textbook.sum", "textbook.sum_plus", "scipy.ndimage.convolve")}
    _, found = wrong(tried.values(), tried["textbook.sum"], run_here)
    assert found


def test_turning_the_kernel_is_not_enough_for_an_even_same() -> None:
    calls = shipped()
    found = translations(calls["tensorflow.nn.conv2d"], calls["scipy.signal.convolve2d"])
    codes = {(each.padding, each.kernel): str(each.code) for each in found}
    assert 'mode="same"' in codes["same", "odd"]
    assert "np.pad" in codes["same", "even"]


@pytest.mark.slow
def test_a_printed_translation_runs_by_itself() -> None:
    calls = shipped()
    (first, *_) = translations(calls["scipy.ndimage.convolve"], calls["textbook.sum"])[2:]
    program = "import numpy\nimg, k = numpy.ones((4, 5)), numpy.ones((2, 3))\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}{first.code}\nprint(y.sum())"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("120.0\n", "")
