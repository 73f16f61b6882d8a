"""Every code that `explain` can print for shipped calls runs, and gives the other call's result.

Each pair is judged through one exact result: what a call gives and what its translations give are
both equal to the reference under the call's facts, on integers that are exact in any order. A
framework that is not installed is skipped, and its results are still asked of the others.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from backends import snippet
from backends.protocol import PADDINGS, Unavailable
from backends.registry import SHIPPED
from conformance import translation
from conformance.called import Called, declared
from conformance.places import Places
from conformance.reference import BOUNDARIES, ORIENTATIONS, Orientation, orient
from conformance.translation import PARITIES, mended, translations
from tests.translated import differs, operands, right, shipped, wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.hosted import Hosted
    from conformance.reference import Array

# A call with any conventions, in its own words.
SIMULATED = """
from conformance.conventions import output_size
from conformance.reference import correlate, orient
reads = orient(k, {orientation!r})
kh, kw = reads.shape
before = {{"valid": (0, 0), "same": ({half}, {half_of_columns}), "full": (kh - 1, kw - 1)}}[padding]
size = output_size(padding, img.shape, reads.shape)
y = correlate(img, reads, before=before, size=size, boundary={boundary!r}).value
"""
HALF = {"upper": "({} - 1) // 2", "lower": "{} // 2"}


@pytest.fixture(scope="module")
def places() -> Iterator[Places]:
    made = Places(seconds=300)
    yield made
    made.stop()


def placed(places: Places, name: str) -> Hosted:
    try:
        return places.place(name)
    except Unavailable as reason:
        pytest.skip(str(reason))


def compiles(name: str) -> bool:
    found = declared(name)
    return found is not None and found.compiles


@pytest.mark.parametrize("name", SHIPPED)
def test_a_call_gives_what_its_facts_say(places: Places, name: str) -> None:
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


@pytest.mark.parametrize("name", SHIPPED)
def test_a_call_gives_every_other_calls_result_by_its_translations(
    places: Places, name: str
) -> None:
    place = placed(places, name)

    def run(code: str, img: Array, k: Array) -> Array:
        return place.snippet(code, (img, k, "not a padding"))

    count, found = wrong(shipped().values(), shipped()[name], run, few=compiles(name))
    assert (count > 0, found) == (True, [])


def run_here(code: str, img: Array, k: Array) -> Array:
    return snippet.run(code, (img, k, "not a padding"))


def unturned(of: Orientation, to: Orientation) -> Orientation:  # noqa: ARG001  (a mutant of mended)
    return "correlation"


def always(*_: Any) -> bool:
    return True


def other_way_round(reach: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: ((after, before) for before, after in reach(*args))


@pytest.mark.parametrize(
    ("name", "mutant"),
    [
        ("mended", unturned),
        ("_agree", always),
        ("_reach", other_way_round(translation._reach)),
        ("PAD_MODES", dict.fromkeys(BOUNDARIES, "constant")),
    ],
    ids=["no-flip", "words-are-kept", "other-anchor", "zeros-outside"],
)
def test_a_wrong_translation_is_caught(
    monkeypatch: pytest.MonkeyPatch, name: str, mutant: Any
) -> None:
    monkeypatch.setattr(translation, name, mutant)
    calls = shipped()
    tried = {n: calls[n] for n in ("textbook.sum", "textbook.sum_plus", "scipy.ndimage.convolve")}
    _, found = wrong(tried.values(), tried["textbook.sum"], run_here)
    assert found


@pytest.mark.parametrize(("of", "to"), list(product(ORIENTATIONS, ORIENTATIONS)))
def test_a_kernel_is_turned_from_every_orientation_to_every_other(
    of: Orientation, to: Orientation
) -> None:
    k = np.arange(6).reshape(2, 3)
    assert (orient(orient(k, mended(of, to)), to) == orient(k, of)).all()


def simulated(
    orientation: str, rows: str, columns: str, boundary: str, paddings: tuple[str, ...]
) -> Called:
    facts = {
        "orientation": orientation, "boundary": boundary, "paddings": list(paddings),
        "anchor": {"rows": rows, "columns": columns}, "off_centre": {"rows": 0, "columns": 0},
        "consistent": True, "complaints": [], "refused_paddings": {}, "dtypes": ["float64"],
        "refused_kernels": {}, "sums_exactly": True,
    }  # fmt: skip
    halves = HALF[rows].format("kh"), HALF[columns].format("kw")
    text = SIMULATED.format(
        orientation=orientation, boundary=boundary, half=halves[0], half_of_columns=halves[1]
    )
    return Called(f"{orientation}, {rows}, {columns}, {boundary}, {paddings}", facts, text)


EVERY_KIND = [
    simulated(*kind)
    for kind in zip(
        [*ORIENTATIONS] * 2,
        ("upper", "lower") * 8,
        ("upper", "upper", "lower", "lower") * 4,
        [*BOUNDARIES, *BOUNDARIES, *BOUNDARIES, "zeros"],
        [PADDINGS, ("same",), ("full",), ("valid",), PADDINGS, ("same", "full")] * 2
        + [PADDINGS] * 4,
        strict=True,
    )
]


@pytest.mark.parametrize("to", EVERY_KIND, ids=lambda call: call.name)
def test_calls_of_any_conventions_give_each_others_results(to: Called) -> None:
    count, found = wrong(EVERY_KIND, to, run_here)
    assert (count > 100, found) == (True, [])


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"consistent": False, "complaints": ["same/6x7-by-2x3: torn"]}, "no single convention"),
        ({"orientation": None}, "was not found to read its kernel"),
        ({"dtypes": ["int8"]}, "no dtype is taken by both"),
        ({"boundary": None}, "fits no known boundary"),
        ({"anchor": {"rows": None, "columns": "upper"}}, "could not be measured"),
        ({"paddings": ["valid"]}, "no 'same' (refused)"),
        ({"off_centre": {"rows": 1, "columns": 0}}, "not centred for odd kernels"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_has_no_translation_says_why(changed: dict[str, Any], why: str) -> None:
    usual = simulated("correlation", "upper", "upper", "zeros", PADDINGS)
    found = translations(replace(usual, facts=dict(usual.facts) | changed), usual)
    assert any(why in str(each.why) for each in found if each.code is None)


def test_a_call_that_takes_no_even_kernel_is_not_asked_to() -> None:
    usual = simulated("correlation", "upper", "upper", "zeros", PADDINGS)
    refused = [
        translation_of.kernel for translation_of in _without_even(usual) if translation_of.why
    ]
    assert refused == ["even"] * 3


def _without_even(usual: Called) -> list[translation.Translation]:
    from conformance import readings

    names = [
        readings.name(padding, image, kernel)
        for padding, image, kernel in product(PADDINGS, readings.IMAGES, readings.KERNELS)
        if not (kernel[0] % 2 and kernel[1] % 2)
    ]
    only_odd = replace(
        usual, facts=dict(usual.facts) | {"refused_kernels": dict.fromkeys(names, "")}
    )
    return translations(usual, only_odd)


def test_turning_the_kernel_is_not_enough_for_an_even_same() -> None:
    calls = shipped()
    found = translations(calls["tensorflow.nn.conv2d"], calls["scipy.signal.convolve2d"])
    codes = {(each.padding, each.kernel): str(each.code) for each in found}
    assert 'mode="same"' in codes["same", "odd"]
    assert "np.pad" in codes["same", "even"]


def test_a_printed_translation_runs_by_itself() -> None:
    calls = shipped()
    (first, *_) = translations(calls["scipy.ndimage.convolve"], calls["textbook.sum"])[2:]
    program = "import numpy\nimg, k = numpy.ones((4, 5)), numpy.ones((2, 3))\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}{first.code}\nprint(y.sum())"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("120.0\n", "")
