"""An honest call that changes its algorithm with the kernel is not taken for a direct one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.backends.registry import BareFunction
from conv2d_conformance.cases import planes
from conv2d_conformance.errors import NonconformanceError
from conv2d_conformance.probe.probe import probe
from conv2d_conformance.under_test.backend import BackendUnderTest
from tests.helpers.judge_mutant import check_named
from tests.mutants import direct, switching
from tests.mutants.honest import refusing
from tests.mutants.table import EXACT, REAL

if TYPE_CHECKING:
    from tests.mutants.direct import Conv2d

SWITCHING = (switching.fourier_when_large, switching.winograd_for_3x3)
CHECKS = {"V1": (EXACT, planes.INTEGERS), "V2": (REAL, planes.REAL)}


def bare(function: Conv2d) -> BareFunction:
    return BareFunction("mine", function)


@pytest.mark.parametrize("function", SWITCHING, ids=lambda f: f.__name__)
def test_a_switch_with_the_kernels_size_shows_in_the_probe(function: Conv2d) -> None:
    assert probe(bare(function)).sums_exactly is False


@pytest.mark.parametrize("clause", CHECKS)
@pytest.mark.parametrize("function", SWITCHING, ids=lambda f: f.__name__)
def test_a_switch_with_the_kernels_size_is_no_failure(function: Conv2d, clause: str) -> None:
    name, some = CHECKS[clause]
    subject = BackendUnderTest(bare(function))
    failed = []
    for case in (case for case in some if not subject.lacks(case)):
        try:
            check_named(name).run(subject, case)
        except NonconformanceError as failure:
            failed.append(str(failure))
    assert failed == []


def test_kernels_that_are_refused_do_not_count() -> None:
    small = refusing(lambda _, k, __: max(k.shape) > 7, "too large")
    assert probe(bare(small)).sums_exactly is True


def test_where_every_size_is_refused_nothing_is_told() -> None:
    tiny = refusing(lambda img, _, __: max(img.shape) > 9, "too large")
    assert probe(bare(tiny)).sums_exactly is None


def test_large_kernels_are_probed_with_sums_that_a_short_dtype_holds() -> None:
    short = refusing(lambda img, _, __: img.dtype != "uint8", "uint8 only")
    assert probe(bare(short)).sums_exactly is True


def test_a_right_direct_sum_is_still_one() -> None:
    assert probe(bare(direct.conv2d)).sums_exactly is True
