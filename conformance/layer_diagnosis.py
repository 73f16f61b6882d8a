"""What a wrong layer equals instead: the reference with an option or an axis read wrongly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from conformance import bounds, layers
from conformance.pads import Options, output_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.layer import Layer
    from conformance.layered import Layers
    from conformance.pads import Pads, Pair
    from conformance.reference import Array

# What the wrong call would have been given: words, image, kernel, pads and options.
Reading = tuple[str, "Array", "Array", "Pads", Options]


def of(subject: Layers, layer: Layer, result: Array) -> str:
    """One sentence: the first wrong reading that explains the result, or none."""
    result = result if result.ndim == 4 else result[None, None]
    for words, img, k, pads, options in readings(subject, layer):
        if _fits(img, k, options) and _explains(layer, img, k, pads, options, result):
            return f"It equals the reference {words}."
    return "No other reading of stride, dilation, groups, channels, batch or pads explains it."


def _fits(img: Array, k: Array, options: Options) -> bool:
    divides: bool = k.shape[0] % options.groups == 0
    return divides and bool(img.shape[1] == k.shape[1] * options.groups)


def _explains(
    layer: Layer, img: Array, k: Array, pads: Pads, options: Options, result: Array
) -> bool:
    if 0 in output_size(layer.image, layer.kernel, pads, options):
        return False
    exact = layers.correlate(img, k, pads=pads, options=options)
    if exact.value.shape != result.shape:
        return False
    return bool((exact.error_of(result) <= bounds.componentwise(exact, img.dtype)).all())


def readings(subject: Layers, layer: Layer) -> Iterator[Reading]:
    """Wrong readings of a layer that give another result of the same shape."""
    img, k = (a if a.ndim == 4 else a[None, None] for a in layer.arrays())
    k, pads, options = subject.reads(k), subject.pads(layer), layer.options
    for words, other in options_of(options):
        yield words, img, k, pads, other
    for words, moved in _pads(pads):
        yield words, img, k, moved, options
    for words, x, w in axes_of(img, k, options.groups):
        yield words, x, w, pads, options


def options_of(options: Options) -> Iterator[tuple[str, Options]]:
    """Other options that a call may have taken instead, in words."""
    stride, dilation = options.stride, options.dilation
    one = {
        "with the axes of the stride swapped": replace(options, stride=stride[::-1]),
        "with the stride ignored": replace(options, stride=(1, 1)),
        "with the row's stride for both axes": replace(options, stride=(stride[0],) * 2),
        "with the column's stride for both axes": replace(options, stride=(stride[1],) * 2),
        "with the axes of the dilation swapped": replace(options, dilation=dilation[::-1]),
        "with the dilation ignored": replace(options, dilation=(1, 1)),
        "with the dilation of the rows ignored": replace(options, dilation=(1, dilation[1])),
        "with the dilation of the columns ignored": replace(options, dilation=(dilation[0], 1)),
    }
    yield from ((words, other) for words, other in one.items() if other != options)


def _pads(pads: Pads) -> Iterator[tuple[str, Pads]]:
    (top, bottom), (left, right) = pads

    def moved(rows: int, columns: int) -> Pads:
        return (top + rows, bottom - rows), (left + columns, right - columns)

    mirrored = (bottom, top), (right, left)
    transposed = (left, right), (top, bottom)
    if mirrored != pads:
        yield "with the pads mirrored: more before than after, or the other way", mirrored
    if transposed != pads:
        yield "with the pads of rows and columns swapped", transposed
    for rows, columns in ((0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (-1, -1)):
        yield f"shifted by ({rows}, {columns})", moved(rows, columns)


def axes_of(img: Array, k: Array, groups: int) -> Iterator[tuple[str, Array, Array]]:
    """Image and kernel (O, C/G, Kh, Kw) with an axis read wrongly, in words."""
    flips: dict[str, Pair] = {
        "rotated by 180°": (-1, -1),
        "with its rows flipped": (-1, 1),
        "with its columns flipped": (1, -1),
    }
    for words, (rows, columns) in flips.items():
        yield f"of the kernel {words}", img, k[..., ::rows, ::columns]
    yield "of the transposed kernel", img, k.swapaxes(2, 3)
    yield "with the channels of the image in reverse", img[:, ::-1], k
    yield "with the outputs in reverse", img, k[::-1]
    yield "with the first image in place of every one", np.repeat(img[:1], len(img), 0), k
    yield "with the batch in reverse", img[::-1], k
    if groups > 1:
        yield "with the channels of the groups interleaved", interleaved(img, 1, groups), k
        yield "with the outputs of the groups interleaved", img, interleaved(k, 0, groups)
        yield "with the groups in reverse", img, _blocks(k, groups)[::-1].reshape(k.shape)


def _blocks(k: Array, groups: int) -> Array:
    return k.reshape(groups, k.shape[0] // groups, *k.shape[1:])


def interleaved(a: Array, axis: int, groups: int) -> Array:
    """``a`` with channel c of group g where channel g of group c would be."""
    shape = a.shape
    split = a.reshape(*shape[:axis], groups, shape[axis] // groups, *shape[axis + 1 :])
    return split.swapaxes(axis, axis + 1).reshape(shape)
