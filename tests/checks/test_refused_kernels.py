"""What a bare function was measured to refuse as a whole class of kernels is unsupported."""

from __future__ import annotations

from typing import Any

import pytest

from conv2d_conformance.backends.find_adapter import BareFunction
from conv2d_conformance.cases.case import Case
from conv2d_conformance.cases.planes import INTEGERS
from conv2d_conformance.checks.registry import REGISTERED
from conv2d_conformance.errors import NonconformanceError
from conv2d_conformance.under_test.backend import BackendUnderTest
from tests.helpers.judge_mutant import outcome, outcome_with
from tests.mutants.honest import refusing
from tests.mutants.table import BITS, EXACT, REAL, SMALL


def even(_: Any, k: Any, __: str) -> bool:
    return not (k.shape[0] % 2 and k.shape[1] % 2)


def non_square(_: Any, k: Any, __: str) -> bool:
    return len(set(k.shape)) == 2


def either(img: Any, k: Any, padding: str) -> bool:
    return even(img, k, padding) or non_square(img, k, padding)


def even_under_same(img: Any, k: Any, padding: str) -> bool:
    return padding == "same" and even(img, k, padding)


def one_alone(_: Any, k: Any, __: str) -> bool:
    return bool(k.shape == (3, 5))


def one_image(img: Any, _: Any, __: str) -> bool:
    return bool(img.shape == (7, 6))


CLASSES = (even, non_square, either, even_under_same)


def bare(refused: Any) -> BackendUnderTest:
    return BackendUnderTest(BareFunction("mine", refusing(refused, "not that one")))


def lacking(refused: Any, kernel: tuple[int, int], padding: str = "same") -> str | None:
    return bare(refused).lacks(Case((9, 9), kernel, padding))


@pytest.mark.slow
@pytest.mark.parametrize("check", [EXACT, REAL, BITS, SMALL])
@pytest.mark.parametrize("refused", CLASSES, ids=lambda f: f.__name__)
def test_a_class_of_kernels_that_is_refused_is_no_failure(refused: Any, check: str) -> None:
    assert outcome(bare(refused), REGISTERED[check]) is None


@pytest.mark.parametrize("refused", CLASSES, ids=lambda f: f.__name__)
def test_the_precision_of_a_call_that_refuses_kernels_is_measured(refused: Any) -> None:
    assert bare(refused).facts()["precision"]["float32"]["grade"] == "componentwise"


@pytest.mark.parametrize(
    ("refused", "kernel", "word"),
    [(even, (2, 3), "even"), (non_square, (3, 5), "non-square"), (either, (4, 4), "even")],
)
def test_the_class_that_is_refused_is_named(
    refused: Any, kernel: tuple[int, int], word: str
) -> None:
    assert lacking(refused, kernel) == f"the call refuses {word} kernels"


def test_the_other_kernels_are_judged() -> None:
    subject = bare(either)
    taken = {case.kernel for case in INTEGERS if not subject.lacks(case)}
    assert taken == {(n, n) for n in (1, 3, 5, 7, 11, 15, 31)}


def test_a_class_that_is_refused_under_one_padding_is_judged_under_the_others() -> None:
    assert lacking(even_under_same, (2, 3), "valid") is None


@pytest.mark.parametrize("refused", [one_alone, one_image])
def test_what_is_refused_by_no_class_is_a_failure(refused: Any) -> None:
    assert isinstance(outcome(bare(refused), REGISTERED[EXACT]), NonconformanceError)


def test_an_adapter_that_does_not_say_so_fails() -> None:
    found = outcome(outcome_with(refusing(non_square, "square only")), REGISTERED[EXACT])
    assert isinstance(found, NonconformanceError)
