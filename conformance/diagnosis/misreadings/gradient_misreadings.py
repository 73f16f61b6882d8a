"""Common mistakes for the gradient of a layer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition import layers
from conv2d_conformance.definition.layers import four, rearranged
from conv2d_conformance.diagnosis.misreadings.candidates import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Literal

    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array, Exact, Floats
    from conv2d_conformance.definition.expectation import Expectation

FLIPS = {
    "rotated by 180°": (2, 3),
    "with its rows flipped": (2,),
    "with its columns flipped": (3,),
}
ARRANGEMENTS: dict[str, Callable[[Floats], Floats]] = {
    **{words: partial(np.flip, axis=axes) for words, axes in FLIPS.items()},
    "transposed": lambda a: a.swapaxes(2, 3),
    "with the batch or the outputs in reverse": lambda a: a[::-1],
    "with the channels in reverse": lambda a: a[:, ::-1],
}


def gradient_misreadings(
    case: Layer,
    which: Literal["image", "kernel"],
    cotangent: Array,
    found: Array,
    expectation: Expectation,
) -> Iterator[Candidate]:
    """The gradient rearranged, through a kernel that is read otherwise, or times a factor."""
    exact = expectation.gradients(case, *case.arrays(), cotangent)[which == "kernel"]
    for words, arrange in ARRANGEMENTS.items():
        yield Candidate(words, partial(rearranged, exact, arrange))
    if which == "image":
        yield from _through_other_kernels(case, cotangent, expectation)
    yield from _multiple(exact, found)


def _through_other_kernels(
    case: Layer, cotangent: Array, expectation: Expectation
) -> Iterator[Candidate]:
    k = expectation.reads(case.arrays()[1])
    through = partial(
        layers.image_gradient,
        four(cotangent),
        image=case.image,
        pads=expectation.pads(case),
        options=case.options,
    )
    for words, axes in FLIPS.items():
        yield Candidate(f"by a kernel {words}", partial(through, np.flip(k, axes)))


def _multiple(exact: Exact, found: Array) -> Iterator[Candidate]:
    """A factor, as of a mean in place of a sum."""
    at = np.unravel_index(np.argmax(np.abs(exact.value)), exact.value.shape)
    factor = float(found[at]) / float(exact.value[at]) if exact.value[at] else 0.0
    if factor and np.isfinite(factor):
        scaled = replace(
            exact,
            value=exact.value * factor,
            low=exact.low * factor,
            scale=exact.scale * max(abs(factor), 1),
        )
        yield Candidate(f"times {factor:.6g}", lambda: scaled)
