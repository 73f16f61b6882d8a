"""Calls with any conventions give each other's results; what has no translation says why."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.backends.protocol import PADDINGS
from conv2d_conformance.definition.correlation import BOUNDARIES, ORIENTATIONS, Orientation, orient
from conv2d_conformance.probe import probe_shapes
from conv2d_conformance.translation.call_facts import CallFacts
from conv2d_conformance.translation.translate import kernel_transform, translations
from tests.helpers.translations import run_here, wrong

if TYPE_CHECKING:
    from conv2d_conformance.translation.translate import Translation

# A call with any conventions, in its own words.
SIMULATED = """
from conv2d_conformance.definition.conventions import output_size
from conv2d_conformance.definition.correlation import correlate, orient
reads = orient(k, {orientation!r})
kh, kw = reads.shape
before = {{"valid": (0, 0), "same": ({half}, {half_of_columns}), "full": (kh - 1, kw - 1)}}[padding]
size = output_size(padding, img.shape, reads.shape)
y = correlate(img, reads, before=before, size=size, boundary={boundary!r}).value
"""
HALF = {"upper": "({} - 1) // 2", "lower": "{} // 2"}


@pytest.mark.parametrize(("of", "to"), list(product(ORIENTATIONS, ORIENTATIONS)))
def test_a_kernel_is_turned_from_every_orientation_to_every_other(
    of: Orientation, to: Orientation
) -> None:
    k = np.arange(6).reshape(2, 3)
    assert (orient(orient(k, kernel_transform(of, to)), to) == orient(k, of)).all()


def simulated(
    orientation: str, rows: str, columns: str, boundary: str, paddings: tuple[str, ...]
) -> CallFacts:
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
    return CallFacts(f"{orientation}, {rows}, {columns}, {boundary}, {paddings}", facts, text)


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
def test_calls_of_any_conventions_give_each_others_results(to: CallFacts) -> None:
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


def _without_even(usual: CallFacts) -> list[Translation]:
    names = [
        probe_shapes.map_name(padding, image, kernel)
        for padding, image, kernel in product(PADDINGS, probe_shapes.IMAGES, probe_shapes.KERNELS)
        if not (kernel[0] % 2 and kernel[1] % 2)
    ]
    only_odd = replace(
        usual, facts=dict(usual.facts) | {"refused_kernels": dict.fromkeys(names, "")}
    )
    return translations(usual, only_odd)
