"""What a wrong transposed layer equals instead: the reference with an option or axis misread."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, product
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition import error_bounds, layers
from conv2d_conformance.definition.layers import four, outputs_first
from conv2d_conformance.definition.padding import transposed_size
from conv2d_conformance.diagnosis.explain import size_of_error
from conv2d_conformance.diagnosis.layer_misreadings import (
    Misreading,
    axes_of,
    identity_order,
    options_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array, Exact
    from conv2d_conformance.definition.padding import Align, Pads
    from conv2d_conformance.definition.transposed_padding import Extra
    from conv2d_conformance.under_test.transposed import TransposedLayers


EXTRAS: dict[Extra, str] = {
    "after": "added after",
    "before": "added before",
    "halved": "taken off a crop that is then halved",
}


def explain_transposed(subject: TransposedLayers, layer: Layer, result: Array) -> str:
    """One sentence: the first wrong reading that explains the result, or its error alone."""
    right = as_read(subject, layer)
    every = transposed_misreadings(subject, layer, right)
    if result.shape != subject.size(layer):
        every = chain([right._replace(words="at another size")], every)
    for reading in chain(_of_that_size(result, extras(subject, layer, right)), every):
        if _explains(four(result), reading):
            return f"It equals the reference {reading.words}."
    exact = subject.exact(layer)
    if _blank(layer, exact, four(result)):
        return "It equals the reference but for what output_padding adds, which is zeros."
    if exact.value.shape != four(result).shape:
        return "No other reading of kernel, stride, dilation, groups or crop explains it."
    return size_of_error(exact, four(result))


def _explains(result: Array, reading: Misreading) -> bool:
    """Whether a reading gives the result, cropped or filled after to its size."""
    if not reading.fits:
        return False
    k = outputs_first(reading.k, reading.options.groups)
    full = transposed_size(reading.img.shape[2:], k.shape[2:], ((0, 0), (0, 0)), reading.options)
    leads = (before for before, _ in reading.pads)
    sizes = zip(leads, full, result.shape[2:], strict=True)
    rows, columns = ((lead, whole - lead - n) for lead, whole, n in sizes)
    exact = layers.transpose(reading.img, k, pads=(rows, columns), options=reading.options)
    if exact.value.shape != result.shape:
        return False
    error = exact.error_of(result[:, np.argsort(reading.order)])
    return bool((error <= error_bounds.componentwise(exact, result.dtype)).all())


def _blank(layer: Layer, exact: Exact, result: Array) -> bool:
    """Whether all is right before the last rows and columns, as many as asked for, all zeros."""
    more = layer.keywords.get("output_padding")
    if more is None or exact.value.shape != result.shape:
        return False
    rows, columns = (n - q for n, q in zip(result.shape[2:], more, strict=True))
    right = exact.error_of(result) <= error_bounds.componentwise(exact, result.dtype)
    added = result[:, :, rows:].any() or result[..., columns:].any()
    return bool(right[:, :, :rows, :columns].all() and not added)


def _of_that_size(result: Array, every: Iterator[Misreading]) -> Iterator[Misreading]:
    """Those readings whose own size is that of the result."""
    for reading in every:
        size = reading.img.shape[2:], reading.k.shape[2:], reading.pads, reading.options
        if transposed_size(*size) == result.shape[-2:]:
            yield reading


def extras(subject: TransposedLayers, layer: Layer, right: Misreading) -> Iterator[Misreading]:
    """What an output_padding may have been taken for; what comes to the same is told as one."""
    if layer.output_padding is None:
        return
    rule, (rows, columns) = subject.crops, layer.output_padding
    other = {
        "ignored": rule.crops(replace(layer, output_padding=None)),
        "taken as zero": rule.crops(replace(layer, output_padding=(0, 0))),
        "swapped between the axes": rule.crops(replace(layer, output_padding=(columns, rows))),
        **{words: replace(rule, extra=word).crops(layer) for word, words in EXTRAS.items()},
    }
    for pads in dict.fromkeys(other.values()):
        words = ", or ".join(words for words, crop in other.items() if crop == pads)
        if pads != right.pads:
            yield right._replace(words=f"with the output_padding {words}", pads=pads)


def as_read(subject: TransposedLayers, layer: Layer) -> Misreading:
    """The right reading: its kernel is (O, C/G, Kh, Kw), and its pads are what is cropped."""
    img, k = (four(a) for a in layer.arrays())
    k = outputs_first(subject.reads(k), layer.options.groups)
    return Misreading("", img, k, subject.pads(layer), layer.options, identity_order(k))


def transposed_misreadings(
    subject: TransposedLayers, layer: Layer, right: Misreading
) -> Iterator[Misreading]:
    """Wrong readings of a layer."""
    for words, options in options_of(layer.options):
        fitting = subject.pads(replace(layer, stride=options.stride, dilation=options.dilation))
        for pads in dict.fromkeys((right.pads, fitting)):
            yield right._replace(words=words, pads=pads, options=options)
    for words, pads in _crops(subject, layer):
        yield right._replace(words=words, pads=pads)
    for words, changes in axes_of(right):
        yield right._replace(words=words, **changes)


def _crops(subject: TransposedLayers, layer: Layer) -> Iterator[tuple[str, Pads]]:
    """What else may be cropped before; what is cropped after follows from the size."""
    align: Align = "lower" if subject.crops.align == "upper" else "upper"
    other = replace(subject.crops, align=align).crops(layer)
    (top, bottom), (left, right) = subject.pads(layer)
    if other != ((top, bottom), (left, right)):
        yield "with the odd pixel cropped from the other side", other
    for rows, columns in product((0, 1, -1), repeat=2):
        if rows or columns:
            moved = (top - rows, bottom + rows), (left - columns, right + columns)
            yield f"shifted by ({rows}, {columns})", moved
