"""C6, C7: the framework's own derivatives of a layer, by its image and by its kernel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from conv2d_conformance.cases import layer_tables
from conv2d_conformance.checks import assertions
from conv2d_conformance.checks.layer_assertions import bound_of, gradient_bound
from conv2d_conformance.checks.registry import check
from conv2d_conformance.definition.layers import four
from conv2d_conformance.diagnosis.misreadings import explain
from conv2d_conformance.errors import WrongDtypeError, WrongShapeError, WrongValueError
from conv2d_conformance.under_test.gradients import expected_gradients, make_cotangent

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array, Exact
    from conv2d_conformance.under_test.backend import BackendUnderTest

# Small integers, because a gradient sums many of them.
INTEGERS, DESIGNED = (
    tuple(replace(layer, family="small-integers", differentiated=True) for layer in some)
    for some in (
        layer_tables.PAIRS + layer_tables.DESIGNED + layer_tables.REDUCED,
        layer_tables.DESIGNED,
    )
)
REAL = tuple(
    replace(layer, family="normal", differentiated=True, covering=False)
    for layer in layer_tables.PAIRS
)
PAIRS = ((0, 1), (0, 2), (1, 2))
PAIRED = tuple(replace(layer, covering=layer in DESIGNED) for layer in INTEGERS)


def hold(
    subject: BackendUnderTest,
    layer: Layer,
    which: Literal["image", "kernel"],
    cotangent: Array,
    exact: Exact,
    given: Array,
) -> None:
    """A gradient has its operand's shape and dtype, and is exact or within the bound."""
    what = f"{subject.spec.name}, gradient by the {which} on layer {layer.id}"
    operand = layer.shapes[which == "kernel"]
    if given.shape != operand:
        msg = f"{what}: has shape {given.shape}, expected {operand}"
        raise WrongShapeError(msg)
    if given.dtype.name != layer.dtype:
        msg = f"{what}: is of {given.dtype.name}"
        raise WrongDtypeError(msg)
    found = four(given) if which == "image" else subject.layers.reads(given)
    bound = gradient_bound(subject, layer, which, four(cotangent), exact)
    assertions.assert_within(
        subject, what, found, exact, bound,
        lambda: explain.of_gradient(
            layer, which, cotangent, found, subject.layers.expectation_of(layer)
        ),
    )  # fmt: skip


@check("C6", INTEGERS + REAL)
def test_gradients_are_those_of_the_definition(subject: BackendUnderTest, case: Layer) -> None:
    cotangent = make_cotangent(subject, case)
    for operand in case.arrays():
        assertions.fill_freed_memory(operand.nbytes)
    found = subject.layers.gradients(case, cotangent)
    by_img, by_k = expected_gradients(subject, case, cotangent)
    hold(subject, case, "image", cotangent, by_img, found[0])
    hold(subject, case, "kernel", cotangent, by_k, found[1])


def allowed(subject: BackendUnderTest, layer: Layer, cotangent: Array) -> list[float]:
    """Return what each product may be off by: nothing, or as much as an FFT's elements may be."""
    if subject.layers.sums_directly(layer):
        return [0.0] * 3
    img, k = layer.arrays()
    by_img, by_k = expected_gradients(subject, layer, cotangent)
    bounds = (
        (bound_of(subject, layer, subject.layers.exact(layer)), cotangent),
        (gradient_bound(subject, layer, "image", four(cotangent), by_img), img),
        (gradient_bound(subject, layer, "kernel", four(cotangent), by_k), subject.layers.reads(k)),
    )
    return [float(np.vdot(bound, np.abs(four(a).astype(np.float64)))) for bound, a in bounds]


@check("C7", PAIRED)
def test_a_layer_and_its_gradients_pair_alike(subject: BackendUnderTest, case: Layer) -> None:
    cotangent = make_cotangent(subject, case)
    operands = (subject.layers.call(case), *subject.layers.gradients(case, cotangent))
    pairs = list(zip(operands, (cotangent, *case.arrays()), strict=True))
    if any(one.shape != other.shape for one, other in pairs):
        shapes = ", ".join(str(one.shape) for one in operands)
        msg = f"{subject.spec.name} on layer {case.id}: result and gradients have shapes {shapes}"
        raise WrongShapeError(msg)
    forward, by_image, by_kernel = products = [
        float(np.vdot(one.astype(np.float64), other.astype(np.float64))) for one, other in pairs
    ]
    off = allowed(subject, case, cotangent)
    if not all(abs(products[i] - products[j]) <= off[i] + off[j] for i, j in PAIRS):
        msg = (
            f"{subject.spec.name} on layer {case.id}: ⟨conv(x, k), g⟩ = {forward:g}, "
            f"⟨x, gradient by x⟩ = {by_image:g}, ⟨k, gradient by k⟩ = {by_kernel:g}"
        )
        raise WrongValueError(msg)
