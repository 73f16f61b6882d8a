"""Measuring survives any call, and the records say what the call did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.backends.find_adapter import BareFunction
from conv2d_conformance.cases.layers import parse
from conv2d_conformance.under_test.backend import BackendUnderTest
from tests.mutants import arithmetic, direct, hygiene
from tests.mutants.layers import Layer

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array
    from tests.mutants.direct import Conv2d


def resizing(img: Array, k: Array, padding: str) -> Array:
    """The kernel has another shape afterwards."""
    out = direct.conv2d(img, k, padding)
    k.resize((1,), refcheck=False)
    return out


def giving(dtype: Any) -> Conv2d:
    return lambda img, k, padding: direct.conv2d(img, k, padding).astype(dtype)


def facts(function: Conv2d) -> dict[str, Any]:
    return BackendUnderTest(BareFunction("mine", function)).facts()


@pytest.mark.parametrize(
    "function",
    [
        resizing,
        arithmetic.giving_text,
        arithmetic.giving_an_imaginary_part,
        *map(giving, (object, "S5", "M8[s]", [("a", "f4")])),
    ],
)
def test_a_call_that_does_whatever_has_facts(function: Conv2d) -> None:
    assert facts(function)["probed_with"] in ("float32", None)


def test_a_call_that_destroys_its_kernel_is_measured_as_if_it_did_not() -> None:
    with np.errstate(all="ignore"):
        wrong, right = facts(hygiene.destroying_its_kernel), facts(direct.conv2d)
    assert wrong["precision"] == right["precision"]


def refusing_together(
    img: Array, k: Array, padding: Any, stride: Any = 1, dilation: Any = 1, groups: int = 1
) -> Array:
    """Refuses a stride with a dilation, as Keras does, and one size of depthwise layers."""
    if stride not in (1, (1, 1)) and dilation not in (1, (1, 1)):
        msg = "strides > 1 with dilation > 1"
        raise ValueError(msg)
    if groups == 3 and img.shape[-1] == 11:
        msg = "a fault, not a refusal"
        raise IndexError(msg)
    return Layer().conv2d(img, k, padding, stride=stride, dilation=dilation, groups=groups)


def test_options_that_a_call_refuses_together_are_unsupported_together() -> None:
    subject = BackendUnderTest(BareFunction("mine", refusing_together))
    layers = ["6x7-by-3x3/valid/s2x2", "6x7-by-3x3/valid/d2x2", "9x9-by-3x3/valid/s2x1/d1x2"]
    lacking = [subject.layers.lacks(parse(layer)) for layer in layers]
    assert lacking == [None, None, "the call refuses stride with dilation"]
    assert list(subject.layers.facts()["refused_together"]) == ["stride with dilation"]
