"""C8: a layer followed by bias, addition and ReLU, which optimisers fuse with it."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.cases import layer_tables
from conv2d_conformance.checks import assertions
from conv2d_conformance.checks.layer_assertions import bound_of
from conv2d_conformance.checks.registry import check
from conv2d_conformance.diagnosis.misreadings import explain
from conv2d_conformance.errors import Refused, WrongShapeError

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.under_test.backend import BackendUnderTest


def followers(shape: tuple[int, ...], name: str) -> tuple[Array, Array]:
    """Bias (O,) and addend (N, O, Oh, Ow): small integers of both signs."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    drawn = (rng.integers(-9, 10, some) for some in (shape[1], shape))
    bias, addend = (a.astype(np.float32) for a in drawn)
    return bias, addend


@check("C8", layer_tables.FOLLOWED)
def test_a_layer_is_exact_when_bias_addition_and_relu_follow(
    subject: BackendUnderTest, case: Layer
) -> None:
    hold_followed(subject, case)


@check("C8", layer_tables.FOLLOWED[:2])
def test_a_layer_is_exact_when_constants_follow(subject: BackendUnderTest, case: Layer) -> None:
    if not subject.spec.fuses_constants:
        reason = "the adapter compiles nothing with kernel, bias and addend as constants"
        raise Refused(reason)
    hold_followed(subject, case, constants=True)


def hold_followed(subject: BackendUnderTest, case: Layer, *, constants: bool = False) -> None:
    """A layer, followed by bias, addition and ReLU, is exact."""
    exact = subject.layers.exact(case)
    bias, addend = followers(exact.value.shape, case.id)
    result = subject.layers.fused(case, bias, addend, constants=constants)
    if result.shape != exact.value.shape:
        msg = f"{subject.spec.name} on layer {case.id}, followed: gave shape {result.shape}"
        raise WrongShapeError(msg)
    followed = np.maximum(exact.value + bias[:, None, None] + addend, 0)
    assertions.assert_within(
        subject,
        f"{subject.spec.name} on layer {case.id}, followed by bias, addition and ReLU"
        + (", of constants" if constants else ""),
        result,
        replace(exact, value=followed),
        bound_of(subject, case, exact),
        lambda: explain.of_fused(result, exact.value, bias, addend),
    )
