"""The probe of a call that compiles for every shape asks for few shapes, unless one is odd."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.backends.protocol import Spec
from conv2d_conformance.probe import precision
from conv2d_conformance.probe.probe import PROBED_PADDINGS, probe
from conv2d_conformance.probe.probe_shapes import IMAGES, KERNELS, covering_maps
from conv2d_conformance.under_test.backend import BackendUnderTest
from tests.mutants.direct import correlate

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.definition.shapes import Shape


class Compiled:
    """A correlation that is compiled for every shape, and wrong for some of them."""

    def __init__(
        self, *, shifted: tuple[Shape, Shape] | None = None, rounds: Shape | str = ""
    ) -> None:
        self.spec = Spec("compiled", "compiled(img, k, padding)", compiles=True)
        self.asked: set[tuple[Any, ...]] = set()
        self._shifted, self._rounds = shifted, rounds

    def conv2d(self, img: Array, k: Array, padding: Any) -> Array:
        if np.count_nonzero(k) == 1:  # Maps are made of one tap at a time.
            self.asked.add((padding, img.shape, k.shape))
        if self._rounds in (padding, k.shape):
            img, k = (a.astype(np.float16).astype(a.dtype) for a in (img, k))
        result = correlate(img, k, padding)
        return np.roll(result, 1, 1) if (img.shape, k.shape) == self._shifted else result

    @property
    def maps(self) -> int:
        return sum(
            (padding, *shapes) in self.asked
            for padding, *shapes in product(PROBED_PADDINGS, IMAGES, KERNELS)
        )


def test_a_third_of_the_maps_has_each_pair_of_padding_image_and_kernel() -> None:
    maps = covering_maps(PROBED_PADDINGS)
    assert len(maps) == 24
    assert {(p, k) for p, _, k in maps} == set(product(PROBED_PADDINGS, KERNELS))
    assert {(i, k) for _, i, k in maps} == set(product(IMAGES, KERNELS))
    assert {(p, i) for p, i, _ in maps} == set(product(PROBED_PADDINGS, IMAGES))


def test_a_compiled_call_is_asked_for_a_third_of_the_maps() -> None:
    call = Compiled()
    found = probe(call)
    assert found.facts()["consistent"]
    assert call.maps == 24


@pytest.mark.parametrize("shapes", list(product(IMAGES, KERNELS)))
def test_one_odd_map_is_found_and_compared_with_all(shapes: tuple[Shape, Shape]) -> None:
    call = Compiled(shifted=shapes)
    found = probe(call)
    assert found.facts()["orientation"] == "correlation"
    assert len(found.conventions.complaints) >= 1
    assert call.maps == 72


@pytest.mark.parametrize("rounds", [*precision.SIZES, *PROBED_PADDINGS])
def test_operands_that_one_size_or_one_padding_rounds_are_measured(rounds: Shape | str) -> None:
    subject = BackendUnderTest(Compiled(rounds=rounds))
    assert precision.operand_bits(subject, np.dtype(np.float32)) == 11
