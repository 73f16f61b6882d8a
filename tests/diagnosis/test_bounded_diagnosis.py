"""Diagnosing a large plane costs a few references of it, not one for each misreading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.definition.conventions import Conventions
from conv2d_conformance.definition.correlation import correlate, orient
from conv2d_conformance.diagnosis.misreadings import explain, plane_misreadings

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array, Exact

SIZE = (90, 110)
USUAL = Conventions("correlation", "zeros", {("rows", 1): 0, ("columns", 1): 0}, ())


def operands() -> tuple[Array, Array]:
    rng = np.random.default_rng(3)
    return rng.standard_normal(SIZE).astype("f4"), rng.standard_normal((5, 5)).astype("f4")


def exact_of(img: Array, k: Array, boundary: Any = "zeros") -> Exact:
    return correlate(img, k, before=(2, 2), size=SIZE, boundary=boundary)


@pytest.fixture
def whole_references(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The references of the whole plane that are made."""
    made: list[object] = []

    def counted(img: Array, k: Array, **how: Any) -> Exact:
        if how["size"] == SIZE:
            made.append(how)
        return correlate(img, k, **how)

    monkeypatch.setattr(plane_misreadings, "correlate", counted)
    return made


def said_of(result: Array) -> str:
    img, k = operands()
    return explain.of_plane(
        img, k, "same", result, conventions=USUAL, direct=True, exact=exact_of(img, k)
    )


@pytest.mark.parametrize(
    ("orientation", "boundary", "words"),
    [
        ("flip-columns", "zeros", "read as flip-columns"),
        ("transposed-convolution", "zeros", "read as transposed-convolution"),
        ("correlation", "edge", "boundary edge"),
        ("correlation", "wrap", "boundary wrap"),
    ],
)
def test_a_misreading_is_found_by_few_references(
    orientation: Any, boundary: str, words: str, whole_references: list[object]
) -> None:
    img, k = operands()
    result = exact_of(img, orient(k, orientation), boundary).value.astype("f4")
    assert words in said_of(result)
    assert len(whole_references) <= 2


def test_what_nothing_explains_needs_no_reference(whole_references: list[object]) -> None:
    img, k = operands()
    result = (exact_of(img, k).value * 1.5).astype("f4")
    assert "No other orientation, shift or boundary explains it" in said_of(result)
    assert len(whole_references) == 0


def test_a_block_alone_explains_nothing(whole_references: list[object]) -> None:
    img, k = operands()
    result = exact_of(img, k[::-1]).value.astype("f4")
    result[-1, -1] += 7
    assert "No other orientation, shift or boundary explains it" in said_of(result)
    assert len(whole_references) == 1
