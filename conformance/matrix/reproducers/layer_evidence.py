"""The evidence of a failing layer: the call's results and the exact ones."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.cases.layer_tables import FULL
from conv2d_conformance.checks.layer_assertions import bound_of, gradient_bound
from conv2d_conformance.definition.layers import four
from conv2d_conformance.errors import Refused
from conv2d_conformance.matrix.reproducers.evidence import Evidence, Expected, Part
from conv2d_conformance.runtime.call_log import RecordedOperand
from conv2d_conformance.under_test.gradients import expected_gradients, make_cotangent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array, Exact, Floats
    from conv2d_conformance.errors import Claim
    from conv2d_conformance.under_test.backend import BackendUnderTest


# Claims about calls, not about what one of them returns.
ABOUT_CALLS = (
    "operands untouched",
    "independent",
    "batch apart",
    "repeatable",
    "refusal forgotten",
)


def layer_evidence(
    subject: BackendUnderTest, layer: Layer, claim: Claim = "right"
) -> Evidence | None:
    """Return the wrong results of the call for a layer; all of them if none is wrong.

    Of a claim about calls it has the operands alone.

    None for a layer that is checked in blocks, as the reference needs minutes for all of it. None
    also for a layer followed by bias and ReLU, as the call alone would not show the failure, and
    where no single reading was measured, so that no result is the right one.
    """
    if layer.followed or layer in FULL:
        return None
    try:
        return _evidence_of(subject, layer, claim)
    except Refused:
        return None


def _evidence_of(subject: BackendUnderTest, layer: Layer, claim: Claim) -> Evidence:
    operands = dict(zip(("img", "k"), layer.arrays(), strict=True))
    about_calls = claim in ABOUT_CALLS
    parts = [Part("", None) if about_calls else _result(subject, layer)]
    if layer.differentiated:
        operands["cotangent"] = make_cotangent(subject, layer)
        parts += _gradients(subject, layer, operands["cotangent"])
    return Evidence(
        claim=claim if about_calls else "right",
        operands={name: RecordedOperand.record(a) for name, a in operands.items()},
        padding=layer.padding,
        parts=tuple([part for part in parts if part.differs] or parts),
        options=layer.keywords,
        operation=layer.operation,
        layout=layer.layout,
        of_layer=True,
    )


def _result(subject: BackendUnderTest, layer: Layer) -> Part:
    result = None
    with suppress(Exception):
        result = subject.layers.call(layer)
    with np.errstate(invalid="ignore"):  # a case may hold NaN or infinity
        exact = subject.layers.exact(layer)
    bound = bound_of(subject, layer, exact)
    return _part(layer, "", result, exact, bound, subject.layers.size(layer))


def _gradients(subject: BackendUnderTest, layer: Layer, cotangent: Array) -> Iterator[Part]:
    found: tuple[Array | None, Array | None] = (None, None)
    with suppress(Exception):
        found = subject.layers.gradients(layer, cotangent)
    by_img, by_k = expected_gradients(subject, layer, cotangent)
    bounds = [
        gradient_bound(subject, layer, which, four(cotangent), exact)
        for which, exact in (("image", by_img), ("kernel", by_k))
    ]
    yield _part(layer, "img", found[0], by_img, bounds[0], layer.shapes[0])
    # The reference differentiates by the kernel as the call reads it, the framework by the kernel
    # as it was given.
    order = subject.layers.reads(np.arange(prod(layer.shapes[1])).reshape(layer.shapes[1]))
    value, low, scale, bound = (
        _back(a, order) for a in (by_k.value, by_k.low, by_k.scale, bounds[1])
    )
    by_k = replace(by_k, value=value, low=low, scale=scale)
    yield _part(layer, "k", found[1], by_k, bound, layer.shapes[1])


def _back(values: Floats, order: Array) -> Floats:
    """Return the values flat, each at the index that ``order`` took it from."""
    made = np.empty(values.size)
    made[order.ravel()] = values.ravel()
    return made


def _part(
    layer: Layer,
    operand: str,
    result: Array | None,
    exact: Exact,
    bound: Floats,
    shape: tuple[int, ...],
) -> Part:
    value, low, scale, bound = (
        a.reshape(shape) for a in (exact.value, exact.low, exact.scale, bound)
    )
    expected = Expected(replace(exact, value=value, low=low, scale=scale), bound)
    return Part(operand, result, expected, layer.dtype)
