"""Slips of a layer: an option, an axis or a pad read wrongly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import ml_dtypes
import numpy as np

from tests.mutants.layers import Layer

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.definition.padding import Pads
    from tests.mutants.given import LayerRequest

    Slip = Callable[[LayerRequest], LayerRequest]


def reading(slip: Slip) -> type[Layer]:
    """What is computed is another layer than what was asked for, on the pads that were."""

    class Misread(Layer):
        def compute(self, given: LayerRequest) -> Array:
            return super().compute(slip(given))

    return Misread


def misgiven(slip: Slip) -> type[Layer]:
    """As `reading`, and the pads fit what is computed."""

    class Misgiven(Layer):
        def pads(self, given: LayerRequest) -> Pads:
            return super().pads(slip(given))

        def compute(self, given: LayerRequest) -> Array:
            return super().compute(slip(given))

    return Misgiven


def where(fits: Callable[[LayerRequest], bool], slip: Slip) -> Slip:
    """A slip of some layers only."""
    return lambda given: slip(given) if fits(given) else given


def several(given: LayerRequest) -> bool:
    """More channels than one: what a plain call cannot ask for."""
    return bool(given.img.shape[1] > 1)


def depthwise(given: LayerRequest) -> bool:
    """As many groups as channels."""
    return bool(given.groups == given.img.shape[1] > 1)


def past_a_hundred_columns(given: LayerRequest) -> bool:
    """Wider than any layer whose whole is compared."""
    return bool(given.img.shape[3] > 100)


def past_sixteen(given: LayerRequest) -> bool:
    """More channels than a vector of 16 holds, and some over."""
    return bool(given.img.shape[1] > 16)


def dealt(a: Array, axis: int, groups: int) -> Array:
    """As if element i were in group i mod G, not in block i // G."""
    split = (*a.shape[:axis], -1, groups, *a.shape[axis + 1 :])
    return a.reshape(split).swapaxes(axis, axis + 1).reshape(a.shape)


def stride_swapped(given: LayerRequest) -> LayerRequest:
    return replace(given, stride=given.stride[::-1])


def column_stride_ignored(given: LayerRequest) -> LayerRequest:
    return replace(given, stride=(given.stride[0], 1))


def dilation_ignored(given: LayerRequest) -> LayerRequest:
    return replace(given, dilation=(1, 1))


def row_dilation_ignored(given: LayerRequest) -> LayerRequest:
    return replace(given, dilation=(1, given.dilation[1]))


def dilation_swapped(given: LayerRequest) -> LayerRequest:
    return replace(given, dilation=given.dilation[::-1])


def inputs_interleaved(given: LayerRequest) -> LayerRequest:
    return replace(given, img=dealt(given.img, 1, given.groups))


def kernels_interleaved(given: LayerRequest) -> LayerRequest:
    return replace(given, k=dealt(given.k, 0, given.groups))


def groups_reversed(given: LayerRequest) -> LayerRequest:
    blocks = given.k.reshape(given.groups, -1, *given.k.shape[1:])
    return replace(given, k=blocks[::-1].reshape(given.k.shape))


def first_group_for_all(given: LayerRequest) -> LayerRequest:
    few = given.k.shape[1]
    return replace(given, img=np.tile(given.img[:, :few], (1, given.groups, 1, 1)))


def first_image_for_all(given: LayerRequest) -> LayerRequest:
    return replace(given, img=np.repeat(given.img[:1], len(given.img), 0))


def channels_reversed(given: LayerRequest) -> LayerRequest:
    return replace(given, img=given.img[:, ::-1])


def pads_mirrored(given: LayerRequest) -> LayerRequest:
    (top, bottom), (left, right) = given.pads
    return replace(given, pads=((bottom, top), (right, left)))


def pads_swapped(given: LayerRequest) -> LayerRequest:
    return replace(given, pads=given.pads[::-1])


def negative_pads_as_zero(given: LayerRequest) -> LayerRequest:
    (top, bottom), (left, right) = given.pads
    return replace(given, pads=((max(top, 0), max(bottom, 0)), (max(left, 0), max(right, 0))))


def past_sixteenth_dropped(given: LayerRequest) -> LayerRequest:
    """The tail that a loop over vectors of 16 leaves."""
    img = given.img.copy()
    img[:, img.shape[1] // 16 * 16 or None :] = 0
    return replace(given, img=img)


def through_bfloat16(given: LayerRequest) -> LayerRequest:
    img, k = (a.astype(ml_dtypes.bfloat16).astype(a.dtype) for a in (given.img, given.k))
    return replace(given, img=img, k=k)


def transposed_kernel(given: LayerRequest) -> LayerRequest:
    return replace(given, k=given.k.swapaxes(2, 3))
