"""Slips of bookkeeping: operands, memory and calls that should not touch one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.mutants import direct

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.definition.correlation import Array
    from tests.mutants.direct import Conv2d


def mutating(operand: int) -> Conv2d:
    """An operand is used as scratch space after the result is there."""

    def conv2d(*given: Any) -> Array:
        out = direct.conv2d(*given)
        given[operand][0, 0] += 1
        return out

    return conv2d


def destroying_its_kernel(img: Array, k: Array, padding: str) -> Array:
    """The kernel is zeros afterwards."""
    out = direct.conv2d(img, k, padding)
    if k.flags.writeable:
        k[...] = 0
    return out


def in_place(img: Array, k: Array, padding: str) -> Array:
    """``same`` writes its result over the image and returns the image."""
    out = direct.conv2d(img, k, padding)
    if padding == "same" and img.flags.writeable:
        img[...] = out
        return img
    return out


def alias_for_identity(img: Array, k: Array, padding: str) -> Array:
    """A kernel of a single one returns the image itself, not a copy."""
    out = direct.conv2d(img, k, padding)
    return img if k.shape == (1, 1) and k[0, 0] == 1 else out


def reusing_its_buffer() -> Conv2d:
    """Results of one shape and dtype share their memory."""
    buffers: dict[Any, Array] = {}

    def conv2d(img: Array, k: Array, padding: str) -> Array:
        out = direct.conv2d(img, k, padding)
        buffer = buffers.setdefault((out.shape, out.dtype), out)
        buffer[...] = out
        return buffer

    return conv2d


def caching_kernels_by_shape() -> Conv2d:
    """The first kernel of a shape and dtype serves all later ones."""
    cache: dict[Any, Array] = {}

    def conv2d(img: Array, k: Array, padding: str) -> Array:
        return direct.conv2d(img, cache.setdefault((k.shape, k.dtype), k.copy()), padding)

    return conv2d


def caching_kernels_by_id() -> Conv2d:
    """A kernel object is read once; it is kept, so that no other gets its id."""
    cache: dict[int, tuple[Array, Array]] = {}

    def conv2d(img: Array, k: Array, padding: str) -> Array:
        return direct.conv2d(img, cache.setdefault(id(k), (k, k.copy()))[1], padding)

    return conv2d


def caching_images_by_id() -> Conv2d:
    """An image object is read once; it is kept, so that no other gets its id."""
    cache: dict[int, tuple[Array, Array]] = {}

    def conv2d(img: Array, k: Array, padding: str) -> Array:
        return direct.conv2d(cache.setdefault(id(img), (img, img.copy()))[1], k, padding)

    return conv2d


def caching_results_by_id() -> Conv2d:
    """A pair of operand objects is computed once; a result is handed out again."""
    cache: dict[Any, tuple[Any, Array]] = {}

    def conv2d(img: Array, k: Array, padding: str) -> Array:
        key = id(img), id(k), padding
        if key not in cache:
            cache[key] = (img, k), direct.conv2d(img, k, padding)
        return cache[key][1]

    return conv2d


def _rows_first(a: Array) -> Array:
    """The buffer read as if it were packed, where that stays inside the buffer."""
    if a.flags.c_contiguous or min(a.strides) < 0:
        return a
    packed = (a.shape[1] * a.itemsize, a.itemsize)
    return np.lib.stride_tricks.as_strided(a, strides=packed)


def ignoring_strides(img: Array, k: Array, padding: str) -> Array:
    """The buffers are taken for packed rows."""
    return direct.conv2d(_rows_first(img), _rows_first(k), padding)


def ignoring_negative_strides(img: Array, k: Array, padding: str) -> Array:
    """A reversed view is read forwards."""
    img, k = (a[:: np.sign(a.strides[0]) or 1] for a in (img, k))
    return direct.conv2d(img, k, padding)


def ignoring_reversed_columns(img: Array, k: Array, padding: str) -> Array:
    """Rows that run backwards are read forwards, where the rows are in order."""
    img, k = (a[:, ::-1] if a.strides[0] > 0 > a.strides[1] else a for a in (img, k))
    return direct.conv2d(img, k, padding)


def taking_a_crop_for_packed(img: Array, k: Array, padding: str) -> Array:
    """A view whose elements are next to one another is taken for packed rows."""
    img, k = (_rows_first(a) if a.strides[1] == a.itemsize else a for a in (img, k))
    return direct.conv2d(img, k, padding)


def ignoring_byte_order(img: Array, k: Array, padding: str) -> Array:
    """Every buffer is taken for a native one."""
    img, k = (a.view(a.dtype.newbyteorder("=")) for a in (img, k))
    with np.errstate(all="ignore"):
        return direct.conv2d(img, k, padding)


def one_strideless(operand: int) -> Conv2d:
    """One operand's buffer is taken for packed rows if the other's is."""

    def conv2d(*given: Any) -> Array:
        operands = list(given[:2])
        if operands[1 - operand].flags.c_contiguous:
            operands[operand] = _rows_first(operands[operand])
        return direct.conv2d(operands[0], operands[1], given[2])

    return conv2d


def ignoring_a_stride_of_zero(img: Array, k: Array, padding: str) -> Array:
    """A row that stands for all is taken for the only one; the rest is zeros."""
    if img.ndim == 2 and img.strides[0] == 0:
        img = np.vstack([img[:1], np.zeros_like(img[1:])])
    return direct.conv2d(img, k, padding)


def reusing_its_buffer_in(dtype: str) -> Callable[[], Conv2d]:
    """Results of one shape share their memory, in one dtype alone."""

    def make() -> Conv2d:
        reuse = reusing_its_buffer()
        return lambda *call: (reuse if call[0].dtype == dtype else direct.conv2d)(*call)

    return make


def mutating_in(dtype: str) -> Conv2d:
    """The image is used as scratch space, in one dtype alone."""
    return lambda *call: (mutating(0) if call[0].dtype == dtype else direct.conv2d)(*call)


def taking_buffers_in_turn() -> Conv2d:
    """Results of one shape and dtype go to four buffers in turn."""
    buffers: dict[Any, list[Array]] = {}

    def conv2d(img: Array, k: Array, padding: str) -> Array:
        out = direct.conv2d(img, k, padding)
        ring = buffers.setdefault((out.shape, out.dtype), [np.empty_like(out) for _ in range(4)])
        ring.append(ring.pop(0))
        ring[-1][...] = out
        return ring[-1]

    return conv2d


def caching_by_prefix(operand: int) -> Callable[[], Conv2d]:
    """An operand is known by its first 512 bytes."""

    def make() -> Conv2d:
        cache: dict[Any, Array] = {}

        def conv2d(*given: Any) -> Array:
            operands, a = list(given[:2]), given[operand]
            key = a.shape, a.dtype, a.tobytes()[:512]
            operands[operand] = cache.setdefault(key, a.copy())
            return direct.conv2d(operands[0], operands[1], given[2])

        return conv2d

    return make
