"""The memory layouts of an operand: the same values in other bytes and strides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array

MemoryLayout = Literal[
    "plain",
    "reversed",
    "strided",
    "fortran",
    "read-only",
    "big-endian",
    "repeated",
    "cropped",
    "rows-reversed",
    "columns-reversed",
    "channels-last",
]
Operand = Literal["both", "image", "kernel"]
ONE: tuple[Operand, ...] = ("image", "kernel")
MEMORY_LAYOUTS: tuple[MemoryLayout, ...] = (
    "reversed",
    "strided",
    "fortran",
    "read-only",
    "big-endian",
)
# Views that everybody makes: of a part, and of one axis backwards.
VIEWS: tuple[MemoryLayout, ...] = ("cropped", "rows-reversed", "columns-reversed")
# The axes of the array in memory of which an operand with four axes is a view: NHWC and HWIO.
CHANNELS_LAST = {"image": (0, 2, 3, 1), "kernel": (2, 3, 1, 0)}


def with_memory_layout(a: Array, layout: MemoryLayout, operand: Operand = "image") -> Array:
    """``a`` with the same values in another memory layout, copied; (rows, columns) if not plain.

    ``channels-last`` is for four axes, and another one for an image than for a kernel.

    All rows of a ``repeated`` array are its first row: one row in memory, with stride zero.
    """
    if layout == "channels-last":
        axes = CHANNELS_LAST[operand]
        return a.transpose(axes).copy().transpose(np.argsort(axes))
    if layout == "reversed":
        return a[::-1, ::-1].copy()[::-1, ::-1]
    if layout == "strided":
        wide = np.full((2 * a.shape[0], 3 * a.shape[1]), 7, a.dtype)
        wide[::2, ::3] = a
        return wide[::2, ::3]
    if layout == "cropped":
        return np.pad(a, ((2, 1), (1, 3)), constant_values=7)[2:-1, 1:-3]
    if layout == "rows-reversed":
        return a[::-1].copy()[::-1]
    if layout == "columns-reversed":
        return a[:, ::-1].copy()[:, ::-1]
    if layout == "fortran":
        return np.array(a, order="F")
    if layout == "big-endian":
        return a.astype(a.dtype.newbyteorder(">"))
    if layout == "repeated":
        return np.lib.stride_tricks.as_strided(a[0].copy(), a.shape, (0, a.itemsize))
    a = a.copy()
    a.flags.writeable = layout != "read-only"
    return a
