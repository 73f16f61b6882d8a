"""An honest call that changes its algorithm with the kernel is not taken for a direct one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.backends.find_adapter import BareFunction
from conv2d_conformance.cases import planes
from conv2d_conformance.cases.case import Case
from conv2d_conformance.cases.layers import parse
from conv2d_conformance.errors import NonconformanceError, WrongValueError
from conv2d_conformance.probe.probe import probe
from conv2d_conformance.under_test.backend import BackendUnderTest
from tests.helpers.judge_mutant import check_named
from tests.mutants import direct, switching
from tests.mutants.fourier_layers import FourierLayer
from tests.mutants.honest import refusing
from tests.mutants.layer_table import EXACT as LAYER
from tests.mutants.layers import Layer
from tests.mutants.table import EXACT, REAL

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array
    from tests.mutants.direct import Conv2d

SWITCHING = (switching.fourier_when_large, switching.winograd_for_3x3)
ROUNDED = (switching.wide_fourier, switching.wide_winograd)
CHECKS = {"V1": (EXACT, planes.INTEGERS), "V2": (REAL, planes.REAL)}


def bare(function: Conv2d) -> BareFunction:
    return BareFunction("mine", function)


@pytest.mark.parametrize("function", SWITCHING, ids=lambda f: f.__name__)
def test_a_switch_with_the_kernels_size_shows_in_the_probe(function: Conv2d) -> None:
    assert probe(bare(function)).sums_exactly is False


@pytest.mark.parametrize("clause", CHECKS)
@pytest.mark.parametrize("function", SWITCHING + ROUNDED, ids=lambda f: f.__name__)
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


@pytest.mark.parametrize("function", ROUNDED, ids=lambda f: f.__name__)
def test_what_is_rounded_from_float64_is_not_direct_though_exact_on_integers(
    function: Conv2d,
) -> None:
    subject = BackendUnderTest(bare(function))
    assert subject.probe.sums_exactly is True
    assert not subject.sums_directly_in("float32")


def layer_by_turns(
    img: Array, k: Array, padding: Any, stride: Any = 1, dilation: Any = 1, groups: int = 1
) -> Array:
    """By Fourier transforms where nothing is dilated; wrong where it is, and depthwise."""
    dilated = dilation not in (1, (1, 1))
    wrong = dilated and groups == k.shape[0] > 1
    layer = Layer() if dilated else FourierLayer()
    out = layer.conv2d(img, k, padding, stride=stride, dilation=dilation, groups=groups)
    return out + wrong * 20


def outcome_on_layer(subject: BackendUnderTest, descriptor: str) -> str:
    try:
        check_named(LAYER).run(subject, parse(descriptor))
    except WrongValueError as failure:
        return failure.symptom
    return "passed"


def test_a_layer_is_judged_by_what_it_shows_whatever_its_neighbours_do() -> None:
    subject = BackendUnderTest(BareFunction("mine", layer_by_turns))
    found = [
        outcome_on_layer(subject, descriptor)
        for descriptor in (
            "n1c8o8/14x14-by-3x3/valid",
            "n1c3o5/9x9-by-3x3/valid/d2x2",
            "n1c6o6g6/9x9-by-3x3/valid/d2x2",
        )
    ]
    assert found == ["passed", "passed", "value"]
    shown = [parse(f"n1c8o8/14x14-by-3x3/valid{more}") for more in ("", "/d2x2", "/normal")]
    assert list(map(subject.layers.sums_directly, shown)) == [False, True, False]


def test_an_error_of_one_is_no_rounding_of_an_algorithm() -> None:
    def conv2d(img: Array, k: Array, padding: str) -> Array:
        out = direct.conv2d(img, k, padding)
        return out + 1 if img.shape[1] > 30 else out

    subject, case = BackendUnderTest(bare(conv2d)), Case((12, 33), (3, 3))
    with pytest.raises(WrongValueError):
        check_named(EXACT).run(subject, case)
