"""Assertions about layers that checks share: shape, dtype, values, and declared refusals."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.backends.protocol import OPTIONS, Unsupported
from conv2d_conformance.cases import blocks
from conv2d_conformance.checks import assertions
from conv2d_conformance.definition import error_bounds
from conv2d_conformance.definition.dtypes import DTYPES, dtype_by_name
from conv2d_conformance.definition.layers import four, outputs_first
from conv2d_conformance.definition.padding import linear_extent
from conv2d_conformance.diagnosis.misreadings import explain
from conv2d_conformance.errors import (
    RaisedError,
    Refused,
    UnstableError,
    WrongDtypeError,
    WrongFactError,
    WrongShapeError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array, Exact, Floats
    from conv2d_conformance.under_test.backend import BackendUnderTest


def what(subject: BackendUnderTest, layer: Layer) -> str:
    """Return the layer in words, for messages."""
    return f"{subject.spec.name} on layer {layer.id}"


def called(subject: BackendUnderTest, layer: Layer) -> Array:
    """Call twice; return the result if shape and dtype are right and both calls agree.

    Before each call, freed memory is filled with another byte: bugs of releases returned memory
    that was never written.
    """
    expected = subject.layers.size(layer)
    assertions.fill_freed_memory(prod(expected) * dtype_by_name(layer.dtype).itemsize, 0x3F)
    first = subject.layers.call(layer)
    if first.shape != expected:
        msg = f"{what(subject, layer)}: gave shape {first.shape}, expected {expected}. "
        msg += explain.of_layer(layer, first, subject.layers.expectation)
        raise WrongShapeError(msg)
    if first.dtype.name != layer.dtype:
        msg = f"{what(subject, layer)}: gave {first.dtype.name}"
        raise WrongDtypeError(msg)
    assertions.fill_freed_memory(first.nbytes)
    again = subject.layers.call(layer)
    if again.tobytes() != first.tobytes():
        msg = (
            f"{what(subject, layer)}: the same operands gave another result: it may return memory "
            "that it never wrote"
        )
        raise UnstableError(msg)
    return first


def hold(
    subject: BackendUnderTest, layer: Layer, result: Array, exact: Exact, bound: Floats
) -> None:
    """No error of a layer's result exceeds its bound."""
    assertions.assert_within(
        subject,
        what(subject, layer),
        result.reshape(exact.value.shape),
        exact,
        bound,
        lambda: explain.of_layer(layer, result, subject.layers.expectation_of(layer), exact),
    )


def bound_of(subject: BackendUnderTest, layer: Layer, exact: Exact) -> Floats:
    """Return the bound of a layer's result, for the algorithm of the backend."""
    img, k = (four(a) for a in layer.arrays())
    if layer.operation == "conv_transpose2d":
        k = outputs_first(k, layer.options.groups)
    return _tolerance(subject, layer, img, k, exact)


def block_bound(
    subject: BackendUnderTest, layer: Layer, exact: Exact, img: Array, k: Array, output: int
) -> Floats:
    """The bound of a block of one output; an FFT errs by all channels that the output reads."""
    seen = img[:, blocks.channels_of(layer, k, output)]
    return _tolerance(subject, layer, seen, k[output : output + 1], exact, groups=1)


def assert_blocks(subject: BackendUnderTest, case: Layer, result: Array) -> None:
    """The result has its shape, and blocks of its first and last output are within the bound."""
    if result.shape != subject.layers.size(case):
        msg = f"{subject.spec.name} on layer {case.id}: gave shape {result.shape}"
        raise WrongShapeError(msg)
    img, k = case.arrays()
    k, pads = subject.layers.reads(k), subject.layers.pads(case)
    size = (result.shape[2], result.shape[3])
    for output, block in product({0, len(k) - 1}, blocks.corners(size)):
        exact = blocks.exact(case, img, k, pads, output, block)
        assertions.assert_within(
            subject,
            f"{subject.spec.name} on layer {case.id}, output {output}, from {block}",
            result[:, output : output + 1, block[0], block[1]],
            exact,
            block_bound(subject, case, exact, img, k, output),
            lambda: "",
        )


def gradient_bound(
    subject: BackendUnderTest, layer: Layer, which: str, cotangent: Array, exact: Exact
) -> Floats:
    """The bound of a gradient by ``image`` or ``kernel``, which is such a sum of products too.

    That by the image sums over a group's outputs, that by the kernel over the batch.
    """
    (img, k), groups = (four(a) for a in layer.arrays()), layer.options.groups
    if which == "image":
        return _tolerance(subject, layer, cotangent, outputs_first(k, groups), exact)
    channels, outputs = (np.split(a.swapaxes(0, 1), groups) for a in (img, cotangent))
    values, scales = (np.split(a, groups) for a in (exact.value, exact.scale))
    return np.concatenate(
        [
            _tolerance(subject, layer, y, x, replace(exact, value=value, scale=scale), groups=1)
            for x, y, value, scale in zip(channels, outputs, values, scales, strict=True)
        ]
    )


def _tolerance(
    subject: BackendUnderTest,
    layer: Layer,
    img: Array,
    k: Array,
    exact: Exact,
    groups: int | None = None,
) -> Floats:
    return error_bounds.tolerance(
        img,
        k,
        exact,
        direct=subject.layers.sums_directly(layer),
        integers=layer.family != "normal",
        groups=layer.options.groups if groups is None else groups,
        extent=linear_extent(
            layer.image,
            layer.kernel,
            subject.layers.pads(layer),
            layer.options,
            transposed=layer.operation == "conv_transpose2d",
        ),
    )


def right(subject: BackendUnderTest, layer: Layer) -> None:
    """A layer is exact if its operands are integers and its sums direct, else within the bound.

    The norms of large integers would hide an error of some units; those of small ones do not.
    """
    exact, result = subject.layers.exact(layer), called(subject, layer)
    bound = np.zeros(exact.value.shape)
    if exact.error_of(result.reshape(bound.shape)).any():
        bound = bound_of(subject, layer, exact)
    hold(subject, layer, result, exact, bound)
    if layer.family == "integers" and bound.any():
        right(subject, replace(layer, family="small-integers"))


def asking(
    subject: BackendUnderTest, words: tuple[str, ...], layers: tuple[Layer, ...]
) -> Iterator[Layer]:
    """Return the layers that use the named options, dtype and layout."""
    dtype = next((word for word in words if word in DTYPES), "float32")
    layout = next((word for word in words if word in subject.spec.layouts), "")
    for layer in layers:
        candidate = replace(layer, dtype=dtype, layout=layout)
        given = subject.layers.options
        if candidate.features.issuperset(words) and not candidate.features & {*OPTIONS} - {*given}:
            yield candidate


def refuses(subject: BackendUnderTest, layer: Layer) -> bool:
    """Return whether the call raises."""
    try:
        subject.layers.call(layer)
    except RaisedError:
        return True
    except Unsupported:
        pass
    return False


def refused_as_declared(subject: BackendUnderTest, layers: tuple[Layer, ...]) -> None:
    """A layer with each combination that is declared as refused raises."""
    if not subject.spec.refuses:
        reason = "the adapter declares no combination of options that the call refuses"
        raise Refused(reason)
    for words in subject.spec.refuses:
        matching = asking(subject, words, layers)
        if {"gradients", "followed"} & {*words} or any(
            refuses(subject, layer) for layer in matching
        ):
            continue
        msg = f"{subject.spec.name}: declared as refusing {' with '.join(words)}, and computes it"
        raise WrongFactError(msg)
