"""C6, C7: the framework's own derivatives of a layer, by its image and by its kernel."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from conformance import bounds, gradient_diagnosis, judge, layer_cases, layers
from conformance.checks import check
from conformance.nonconformance import WrongDtypeError, WrongShapeError, WrongValueError

if TYPE_CHECKING:
    from conformance.layer import Layer
    from conformance.reference import Array, Exact
    from conformance.subject import Subject

# Small integers, of which a gradient sums many.
INTEGERS, DESIGNED = (
    tuple(replace(layer, family="small-integers", differentiated=True) for layer in some)
    for some in (
        layer_cases.PAIRS + layer_cases.DESIGNED + layer_cases.REDUCED,
        layer_cases.DESIGNED,
    )
)
REAL = tuple(
    replace(layer, family="normal", differentiated=True, covering=False)
    for layer in layer_cases.PAIRS
)
PAIRED = tuple(replace(layer, covering=layer in DESIGNED) for layer in INTEGERS)


def asked(subject: Subject, layer: Layer) -> Array:
    """A cotangent of the result's shape, of the same family of numbers as the operands."""
    rng = np.random.default_rng(zlib.crc32(f"{layer.id}/cotangent".encode()))
    shape = subject.layers.size(layer)
    real = layer.family == "normal"
    made = rng.standard_normal(shape) if real else rng.integers(-3, 4, shape)
    return made.astype(layer.dtype)


def expected(subject: Subject, layer: Layer, cotangent: Array) -> tuple[Exact, Exact]:
    """The exact gradients by image and by kernel, as the call reads them."""
    img, k = (four(a) for a in layer.arrays())
    pads, options = subject.layers.pads(layer), layer.options
    return (
        layers.image_gradient(
            four(cotangent), subject.layers.reads(k), image=layer.image, pads=pads, options=options
        ),
        layers.kernel_gradient(
            img, four(cotangent), kernel=layer.kernel, pads=pads, options=options
        ),
    )


def four(a: Array) -> Array:
    """Operands of two axes with a batch and a channel of one."""
    return a if a.ndim == 4 else a[None, None]


def hold(
    subject: Subject, layer: Layer, which: str, cotangent: Array, exact: Exact, given: Array
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
    bound = bounds.componentwise(exact, np.dtype(layer.dtype))
    if layer.family != "normal":
        bound = np.zeros_like(bound)
    judge.within(
        subject, what, found, exact, bound,
        lambda: gradient_diagnosis.of(
            subject.layers, layer, which, four(cotangent), exact, found
        ),
    )  # fmt: skip


@check("C6", INTEGERS + REAL)
def test_gradients_are_those_of_the_definition(subject: Subject, case: Layer) -> None:
    cotangent = asked(subject, case)
    for operand in case.arrays():
        judge.dirty(operand.nbytes)
    found = subject.layers.gradients(case, cotangent)
    for which, exact, given in zip(
        ("image", "kernel"), expected(subject, case, cotangent), found, strict=True
    ):
        hold(subject, case, which, cotangent, exact, given)


@check("C7", PAIRED)
def test_a_layer_and_its_gradients_pair_alike(subject: Subject, case: Layer) -> None:
    cotangent = asked(subject, case)
    operands = (subject.layers.call(case), *subject.layers.gradients(case, cotangent))
    pairs = list(zip(operands, (cotangent, *case.arrays()), strict=True))
    if any(one.shape != other.shape for one, other in pairs):
        shapes = ", ".join(str(one.shape) for one in operands)
        msg = f"{subject.spec.name} on layer {case.id}: result and gradients have shapes {shapes}"
        raise WrongShapeError(msg)
    forward, by_image, by_kernel = (
        float(np.vdot(one.astype(np.float64), other.astype(np.float64))) for one, other in pairs
    )
    if not forward == by_image == by_kernel:
        msg = (
            f"{subject.spec.name} on layer {case.id}: ⟨conv(x, k), g⟩ = {forward:g}, "
            f"⟨x, gradient by x⟩ = {by_image:g}, ⟨k, gradient by k⟩ = {by_kernel:g}"
        )
        raise WrongValueError(msg)
