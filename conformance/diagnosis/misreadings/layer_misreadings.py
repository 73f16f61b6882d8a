"""Misreadings of a layer: an option, an axis or a pad taken for another."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from conv2d_conformance.definition import layers
from conv2d_conformance.definition.layers import four
from conv2d_conformance.definition.padding import Options, output_size, pads_of
from conv2d_conformance.diagnosis.misreadings.candidates import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array, Exact
    from conv2d_conformance.definition.expectation import Expectation
    from conv2d_conformance.definition.padding import Align, Pads, Strided

# The indices of an image of the batch and of an output.
Plane = tuple[int, int]
# What a loop over vectors of so many channels leaves over.
WIDTHS = (32, 16, 8, 4)


class Misreading(NamedTuple):
    """The operands of a wrong call, in four axes, and the words for the mistake.

    ``order`` is the order in which it would have returned the outputs.
    """

    words: str
    img: Array
    k: Array
    pads: Pads
    options: Options
    order: tuple[int, ...]

    @property
    def fits(self) -> bool:
        """Whether the definition has a result for it."""
        outputs, few = self.k.shape[:2]
        groups = self.options.groups
        return bool(self.img.shape[1] == few * groups and outputs % groups == 0)

    def restricted_to(self, plane: Plane | None) -> Misreading:
        """The reading of what gives one plane of the result; of everything for None."""
        if plane is None or not self.fits:
            return self
        image, output = plane[0], self.order[plane[1]]
        groups, (outputs, few) = self.options.groups, self.k.shape[:2]
        first = output * groups // outputs * few
        return self._replace(
            img=self.img[image : image + 1, first : first + few],
            k=self.k[output : output + 1],
            options=replace(self.options, groups=1),
            order=(0,),
        )


def candidates(
    case: Layer, expectation: Expectation, plane: Plane | None = None
) -> Iterator[Candidate]:
    """The results of all wrong readings of a layer, or one plane of each."""
    for whole in layer_misreadings(case, expectation):
        reading = whole.restricted_to(plane)
        yield Candidate(reading.words, partial(exact_of, case, reading), reading.order)


def exact_of(case: Layer, reading: Misreading) -> Exact | None:
    """Return the result of a misreading; None if it has none."""
    size = output_size(case.image, case.kernel, reading.pads, reading.options)
    if 0 in size or not reading.fits:
        return None
    return layers.correlate(reading.img, reading.k, pads=reading.pads, options=reading.options)


def layer_misreadings(case: Layer, expectation: Expectation) -> Iterator[Misreading]:
    """Wrong readings of a layer; some give the right result, or another shape."""
    img, k = (four(a) for a in case.arrays())
    pads = expectation.pads(case)
    right = Misreading("", img, expectation.reads(k), pads, case.options, identity_order(k))
    for words, options in options_of(right.options):
        fitting = expectation.pads(replace(case, stride=options.stride, dilation=options.dilation))
        for pads in dict.fromkeys((right.pads, fitting)):
            yield right._replace(words=words, pads=pads, options=options)
    for words, pads in (*_same(case, right.pads), *_pads(right.pads)):
        yield right._replace(words=words, pads=pads)
    for words, changes in axes_of(right):
        yield right._replace(words=words, **changes)


def identity_order(k: Array) -> tuple[int, ...]:
    """The outputs in their own order."""
    return tuple(range(len(k)))


def options_of(options: Options) -> Iterator[tuple[str, Options]]:
    """Options that a call may have taken for those that it was given."""
    stride, dilation = options.stride, options.dilation
    one = {
        "with the axes of the stride swapped": replace(options, stride=stride[::-1]),
        "with the stride ignored": replace(options, stride=(1, 1)),
        "with the stride of the rows ignored": replace(options, stride=(1, stride[1])),
        "with the stride of the columns ignored": replace(options, stride=(stride[0], 1)),
        "with the row's stride for both axes": replace(options, stride=(stride[0],) * 2),
        "with the column's stride for both axes": replace(options, stride=(stride[1],) * 2),
        "with the axes of the dilation swapped": replace(options, dilation=dilation[::-1]),
        "with the dilation ignored": replace(options, dilation=(1, 1)),
        "with the dilation of the rows ignored": replace(options, dilation=(1, dilation[1])),
        "with the dilation of the columns ignored": replace(options, dilation=(dilation[0], 1)),
    }
    yield from ((words, other) for words, other in one.items() if other != options)


SAME_RULES: tuple[tuple[str, Align, Strided], ...] = (
    ("an odd pixel after the image and pads for the last window", "upper", "output"),
    ("an odd pixel before the image and pads for the last window", "lower", "output"),
    ("an odd pixel after the image and pads as with stride 1", "upper", "input"),
    ("an odd pixel before the image and pads as with stride 1", "lower", "input"),
)


def _same(layer: Layer, pads: Pads) -> Iterator[tuple[str, Pads]]:
    """Yield the other rules of ``same``; those with equal padding before the image count as one."""
    if layer.padding != "same":
        return
    arguments = "same", layer.image, layer.kernel, layer.options
    alike: dict[tuple[int, int], list[tuple[str, Pads]]] = {}
    for words, align, strided in SAME_RULES:
        other = pads_of(*arguments, align=align, strided=strided)
        alike.setdefault((other[0][0], other[1][0]), []).append((words, other))
    alike.pop((pads[0][0], pads[1][0]), None)
    for found in alike.values():
        yield "with `same` taken as " + ", or as ".join(words for words, _ in found), found[0][1]


def _pads(pads: Pads) -> Iterator[tuple[str, Pads]]:
    (top, bottom), (left, right) = pads
    other = {
        "with the pads mirrored: more before than after, or the other way": (
            (bottom, top),
            (right, left),
        ),
        "with the pads of rows and columns swapped": ((left, right), (top, bottom)),
        "with negative pads taken as zero": (
            (max(top, 0), max(bottom, 0)),
            (max(left, 0), max(right, 0)),
        ),
        "with the pads ignored": ((0, 0), (0, 0)),
    }
    yield from ((words, moved) for words, moved in other.items() if moved != pads)
    for rows, columns in ((0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (-1, -1)):
        moved = (top + rows, bottom - rows), (left + columns, right - columns)
        yield f"shifted by ({rows}, {columns})", moved


# Words, and the fields of a reading that are others.
Changes = tuple[str, dict[str, Any]]


def axes_of(right: Misreading) -> tuple[Changes, ...]:
    """Everything that a call may have taken an axis of its operands for."""
    return (*_axes(right), *_channels(right.img), *_outputs(right), *_groups(right))


def _axes(right: Misreading) -> Iterator[Changes]:
    img, k = right.img, right.k
    yield "of the kernel rotated by 180°", {"k": k[..., ::-1, ::-1]}
    yield "of the kernel with its rows flipped", {"k": k[..., ::-1, :]}
    yield "of the kernel with its columns flipped", {"k": k[..., ::-1]}
    yield "of the transposed kernel", {"k": k.swapaxes(2, 3)}
    yield (
        "with the first image in place of every one",
        {"img": np.repeat(img[:1], len(img), 0)},
    )
    yield "with the batch in reverse", {"img": img[::-1]}


def _channels(img: Array) -> Iterator[Changes]:
    channels = img.shape[1]
    yield "with the channels of the image in reverse", {"img": img[:, ::-1]}
    for width in WIDTHS:
        if channels > width and channels % width:
            kept = channels // width * width
            seen = np.where(np.arange(channels)[:, None, None] < kept, img, 0).astype(img.dtype)
            yield f"without the channels past the first {kept}", {"img": seen}


def _outputs(right: Misreading) -> Iterator[Changes]:
    yield "with the outputs in reverse", {"order": right.order[::-1]}
    if right.options.groups > 1:
        yield "with the kernels of the outputs in reverse", {"k": right.k[::-1]}


def _groups(right: Misreading) -> Iterator[Changes]:
    groups, (outputs, few) = right.options.groups, right.k.shape[:2]
    if groups == 1:
        return
    order = np.array(right.order)
    for blocks in dict.fromkeys((groups, few)):
        mixed = interleaved(right.img, 1, blocks)
        yield "with the channels of the groups interleaved", {"img": mixed}
    for blocks in dict.fromkeys((groups, outputs // groups)):
        dealt = interleaved(order, 0, blocks)
        yield "with the outputs of the groups interleaved", {"order": tuple(dealt.tolist())}
        yield "with the kernels of the groups interleaved", {"k": right.k[dealt]}
    turned = order.reshape(groups, -1)[::-1].ravel()
    yield "with the groups in reverse", {"k": right.k[turned]}
    first = np.tile(right.img[:, :few], (1, groups, 1, 1))
    yield "with the channels of the first group for every one", {"img": first}


def interleaved(a: Array, axis: int, blocks: int) -> Array:
    """``a`` with element i of block b where element b of block i would be."""
    shape = a.shape
    split = a.reshape(*shape[:axis], blocks, shape[axis] // blocks, *shape[axis + 1 :])
    return split.swapaxes(axis, axis + 1).reshape(shape)
