"""The search comes to the same input each time, shrinks it, and lets honest calls alone."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import core, given, settings, strategies

from conv2d_conformance.backends.find_adapter import BareFunction
from conv2d_conformance.cases import random_data
from conv2d_conformance.cases.case import Case
from conv2d_conformance.checks.property_search import (
    EXAMPLES_COMPILED,
    SearchInput,
    explore,
    operands,
)
from conv2d_conformance.definition.dtypes import DTYPES, dtype_by_name, largest_exact
from conv2d_conformance.errors import NonconformanceError, Refused, UnstableError
from conv2d_conformance.under_test.backend import BackendUnderTest
from tests.helpers.judge_mutant import outcome_with
from tests.mutants import arithmetic, direct, geometry

if TYPE_CHECKING:
    from pathlib import Path

    from tests.mutants.direct import Conv2d

WRONG: dict[str, tuple[Conv2d, str]] = {
    "width": (geometry.only(geometry.rolled, columns=23), "valid/1x23-by-1x1/float32, img [["),
    "kernel": (
        geometry.where(lambda _, m: m[0] > m[1] and m[0] % 2 == 0, geometry.reads("flip-rows")),
        "valid/2x1-by-2x1/float32, img [[",
    ),
    "larger kernel": (
        geometry.where(lambda n, m: m[0] > n[0] + 2, geometry.reads("flip-rows")),
        "full/1x1-by-4x1/float32, img [[1.0]], k [[1.0], [0.0]",
    ),
    "pixel": (
        arithmetic.losing_a_negative_last_column,
        "valid/1x1-by-1x1/float32, img [[-1.0]], k [[1.0]]",
    ),
}


def found(subject: BackendUnderTest, name: str = "shapes") -> str:
    with pytest.raises(NonconformanceError) as failure:
        explore(subject, name)
    return str(failure.value).rpartition("smallest input found: ")[2]


def tried(*, compiles: bool = False, name: str = "shapes") -> list[str]:
    """The inputs of one search, as the call gets them."""
    seen = []

    def listening(img: Any, k: Any, padding: str) -> Any:
        seen.append(f"{padding} {img.dtype.str} {img.shape} {img.tolist()} {k.tolist()}")
        return direct.conv2d(img, k, padding)

    subject = outcome_with(listening, compiles=compiles)
    assert subject.conventions.orientation == "correlation"
    seen.clear()
    explore(subject, name)
    return seen


@pytest.mark.parametrize("slip", WRONG)
def test_the_smallest_input_that_shows_a_slip_is_found(slip: str) -> None:
    wrong, smallest = WRONG[slip]
    assert found(outcome_with(wrong)).startswith(smallest)


def test_the_arrays_of_the_smallest_input_hold_one_number_each() -> None:
    words = found(outcome_with(WRONG["width"][0]))
    img, k = words.partition("img ")[2].split(", k ")
    assert (img.count("1.0"), k) == (1, "[[1.0]]")


@pytest.mark.parametrize("name", ["shapes", "layouts"])
def test_two_searches_try_the_same(name: str) -> None:
    assert tried(name=name) == tried(name=name)


def test_another_seed_tries_something_else() -> None:
    usual = tried()
    token = random_data.SEED.set(1)
    try:
        assert tried() != usual
    finally:
        random_data.SEED.reset(token)


def test_hypothesis_seed_tries_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = tried()
    monkeypatch.setattr(core, "global_force_seed", 3)
    assert tried() != usual


def test_a_module_that_is_loaded_in_between_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = tried()
    (tmp_path / "full_of_numbers.py").write_text(f"NUMBERS = {list(range(1, 40))}")
    monkeypatch.syspath_prepend(tmp_path)
    import_module("full_of_numbers")
    assert tried() == usual


def test_a_call_that_compiles_is_tried_less_often() -> None:
    assert len(tried(compiles=True)) < 2 * EXAMPLES_COMPILED < len(tried())


def test_each_layout_is_tried() -> None:
    assert any(">f4" in call for call in tried(name="layouts"))


@settings(max_examples=30, database=None, deadline=None)
@given(strategies.data(), strategies.sampled_from(DTYPES))
def test_every_partial_sum_of_what_is_tried_is_exact(drawn: Any, dtype: str) -> None:
    img, k = drawn.draw(operands((7, 9), (3, 12), dtype))
    sums = np.abs(img.astype(np.float64)).max() * np.abs(k.astype(np.float64)).sum()
    assert sums <= largest_exact(dtype_by_name(dtype))


def test_a_result_that_is_wrong_only_once_is_called_unstable() -> None:
    left = [0]

    def conv2d(img: Any, k: Any, padding: str) -> Any:
        left[0] -= 1
        return direct.conv2d(img, k, padding) + (left[0] == 0)

    subject = outcome_with(conv2d)
    assert subject.conventions.orientation == "correlation"
    left[0] = 30
    with pytest.raises(UnstableError, match="right on the same operands"):
        explore(subject, "shapes")


def test_a_call_that_refuses_shapes_is_searched_for_wrong_results_first() -> None:
    def conv2d(img: Any, k: Any, padding: str) -> Any:
        if img.shape[0] % 5 == 0:
            raise ValueError
        return WRONG["pixel"][0](img, k, padding)

    assert found(outcome_with(conv2d)).startswith("valid/1x1-by-1x1/float32, img [[-1.0]]")


def test_a_call_that_refuses_shapes_fails_with_the_smallest() -> None:
    def conv2d(img: Any, k: Any, padding: str) -> Any:
        if img.shape[0] > 12:
            raise ValueError
        return direct.conv2d(img, k, padding)

    assert found(outcome_with(conv2d)).startswith("valid/13x1-by-1x1/float32")


def test_a_layout_may_be_refused() -> None:
    def conv2d(img: Any, k: Any, padding: str) -> Any:
        if not img.flags.c_contiguous:
            raise ValueError
        return direct.conv2d(img, k, padding)

    explore(outcome_with(conv2d), "layouts")


def test_a_call_that_takes_nothing_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = outcome_with(direct.conv2d)
    monkeypatch.setattr(subject, "lacks", lambda _: "nothing is taken")
    with pytest.raises(Refused, match="takes nothing"):
        explore(subject, "shapes")


def test_large_operands_are_not_printed() -> None:
    case = Case((9, 9), (3, 3))
    assert str(SearchInput(case, *case.arrays())) == f"smallest input found: {case.id}"


def test_a_call_that_takes_no_padding_is_not_searched() -> None:
    def conv2d(k: Any, img: Any) -> Any:
        return k, img

    with pytest.raises(Refused, match="no padding gave a result that could be searched"):
        explore(BackendUnderTest(BareFunction("mine", conv2d)), "shapes")
