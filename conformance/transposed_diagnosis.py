"""What a wrong transposed layer equals instead: the reference with an option or axis misread."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from conformance import bounds, layers
from conformance.layer_diagnosis import axes_of, options_of
from conformance.layered import four
from conformance.pads import transposed_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.crops import Rule
    from conformance.layer import Layer
    from conformance.pads import Options, Pair
    from conformance.reference import Array
    from conformance.transposed import TransposedLayers

# What the wrong call would have done: words, image, kernel, what it crops before, and options.
Reading = tuple[str, "Array", "Array", "Pair", "Options"]
UNEXPLAINED = "No other reading of kernel, stride, dilation, groups, channels or crop explains it."


def of(subject: TransposedLayers, layer: Layer, result: Array) -> str:
    """One sentence: the first wrong reading that explains the result, or none."""
    found = (reading[0] for reading in readings(subject, layer) if _explains(four(result), reading))
    return next((f"It equals the reference {words}." for words in found), UNEXPLAINED)


def _explains(result: Array, reading: Reading) -> bool:
    """Whether a reading gives the result, cropped or filled after to its size."""
    _, img, k, before, options = reading
    image, kernel, size = (a.shape[-2:] for a in (img, k, result))
    full = transposed_size(image, kernel, ((0, 0), (0, 0)), options)
    rows, columns = (
        (lead, whole - lead - n) for lead, whole, n in zip(before, full, size, strict=True)
    )
    exact = layers.transpose(img, k, pads=(rows, columns), options=options)
    if exact.value.shape != result.shape:
        return False
    return bool((exact.error_of(result) <= bounds.componentwise(exact, result.dtype)).all())


def readings(subject: TransposedLayers, layer: Layer) -> Iterator[Reading]:
    """Wrong readings of a layer."""
    img, k = (four(a) for a in layer.arrays())
    k, options, rule = subject.reads(k), layer.options, subject.crops
    top, left = before(rule, layer)
    for words, other in options_of(options):
        as_read = replace(layer, stride=other.stride, dilation=other.dilation)
        yield words, img, k, before(rule, as_read), other
    other_side = replace(rule, align="lower" if rule.align == "upper" else "upper")
    yield "with the crop's odd pixel on the other side", img, k, before(other_side, layer), options
    for rows, columns in product((0, 1, -1), repeat=2):
        if rows or columns:
            yield f"shifted by ({rows}, {columns})", img, k, (top - rows, left - columns), options
    for words, x, w in axes_of(img, outputs_first(k, options.groups), options.groups):
        yield words, x, outputs_first(w, options.groups), (top, left), options


def before(rule: Rule, layer: Layer) -> Pair:
    """What a rule crops before the image."""
    (top, _), (left, _) = rule.crops(layer)
    return top, left


def outputs_first(k: Array, groups: int) -> Array:
    """A kernel (C, O/G, Kh, Kw) as (O, C/G, Kh, Kw), and the other way."""
    many, few, *size = k.shape
    split = k.reshape(groups, many // groups, few, *size).swapaxes(1, 2)
    return split.reshape(groups * few, many // groups, *size)
