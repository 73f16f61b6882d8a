"""The reference for layers and their gradients, in four dimensions.

It imports only NumPy and the reference: every framework is under test. N images have C channels,
O outputs and G groups; a group's outputs read only the channels of that group.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition.padding import (
    Options,
    Pads,
    Pair,
    output_size,
    pads_of,
    transposed_size,
)
from conv2d_conformance.definition.sums.window_sums import (
    extent,
    split_groups,
    window_sums,
    window_sums_adjoint,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.definition.correlation import Array, Exact, Floats

__all__ = [
    "Options",
    "Pads",
    "Pair",
    "correlate",
    "image_gradient",
    "kernel_gradient",
    "output_size",
    "pads_of",
    "transpose",
    "transposed_size",
]
NO_OPTIONS = Options()


def correlate(img: Array, k: Array, *, pads: Pads, options: Options = NO_OPTIONS) -> Exact:
    """Correlate: ``y[n,o,i,j] = Σ x[n, g(o)C/G + c, is + ad - top, js + bd - left] k[o,c,a,b]``.

    Parameters
    ----------
    img : ndarray, (N, C, H, W)
        Any real dtype whose values float64 holds, as for every operand; outside it is zero.
    k : ndarray, (O, C/G, Kh, Kw)
        Output o is in group g(o) = ⌊oG / O⌋.
    pads : ((int, int), (int, int))
        ((top, bottom), (left, right)); a negative one crops.
    options : Options

    Returns
    -------
    Exact
        (N, O, Oh, Ow), as accurate as `exact_sums.dot`; K = C/G·Kh·Kw.

    Raises
    ------
    ValueError
        If the channels do not fit the kernel and the groups.
    """
    groups = options.groups
    fits = img.shape[1] == k.shape[1] * groups and k.shape[0] % groups == 0
    _require(fits, img, k, options)
    size = output_size(extent(img), extent(k), pads, options)
    found = window_sums(
        split_groups(img, 1, groups), split_groups(k, 0, groups), _before(pads), size, options
    )
    return rearranged(found, lambda a: a.reshape(len(img), len(k), *size))


def transpose(
    img: Array,
    k: Array,
    *,
    pads: Pads,
    options: Options = NO_OPTIONS,
    output_padding: Pair = (0, 0),
) -> Exact:
    """The adjoint of `correlate`, as a layer: ``torch.nn.functional.conv_transpose2d``.

    Parameters
    ----------
    img : ndarray, (N, C, H, W)
    k : ndarray, (C, O/G, Kh, Kw)
    pads : ((int, int), (int, int))
        What is cropped from the full result ((H - 1)s + d(K - 1) + 1); a negative one adds zeros.
    options : Options
    output_padding : (int, int)
        Rows and columns that are cropped less after the image, zeros beyond the full result.

    Returns
    -------
    Exact
        (N, O, *transposed_size); K as `image_gradient` has it.

    Raises
    ------
    ValueError
        If the channels do not fit the kernel and the groups.
    """
    _require(img.shape[1] == k.shape[0], img, k, options)
    size = transposed_size(extent(img), extent(k), pads, options, output_padding)
    return _adjoint(img, k, size, pads, options)


def image_gradient(
    cotangent: Array, k: Array, *, image: Pair, pads: Pads, options: Options = NO_OPTIONS
) -> Exact:
    """Gradient of ``Σ cotangent · correlate(img, k)`` with respect to ``img``.

    Parameters
    ----------
    cotangent : ndarray, (N, O, Oh, Ow)
    k : ndarray, (O, C/G, Kh, Kw)
    image : (int, int)
        (H, W), which the stride leaves open.
    pads, options
        Those of the correlation.

    Returns
    -------
    Exact
        (N, C, H, W). K is the most products that meet in one pixel, O/G along the channels and
        ⌈K / (s / gcd(s, d))⌉ along each axis: other taps fall between the outputs.

    Raises
    ------
    ValueError
        If ``cotangent`` is not of the correlation's shape.
    """
    size = output_size(image, extent(k), pads, options)
    _require(cotangent.shape[1:] == (k.shape[0], *size), cotangent, k, options)
    return _adjoint(cotangent, k, image, pads, options)


def kernel_gradient(
    img: Array, cotangent: Array, *, kernel: Pair, pads: Pads, options: Options = NO_OPTIONS
) -> Exact:
    """Gradient of ``Σ cotangent · correlate(img, k)`` with respect to ``k``.

    Parameters
    ----------
    img : ndarray, (N, C, H, W)
    cotangent : ndarray, (N, O, Oh, Ow)
    kernel : (int, int)
        (Kh, Kw), which the stride leaves open.
    pads, options
        Those of the correlation.

    Returns
    -------
    Exact
        (O, C/G, Kh, Kw); K = N·Oh·Ow.

    Raises
    ------
    ValueError
        If ``cotangent`` is not of the correlation's shape.
    """
    (batch, channels), outputs, groups = img.shape[:2], cotangent.shape[1], options.groups
    size = output_size(extent(img), kernel, pads, options)
    fits = cotangent.shape == (batch, outputs, *size)
    _require(fits and channels % groups == 0 == outputs % groups, img, cotangent, options)
    # The batch is summed as channels are, and the outputs' grid is the kernel's: stride and
    # dilation change places.
    as_image = split_groups(img, 1, groups).swapaxes(0, 2)
    as_kernel = np.moveaxis(split_groups(cotangent, 1, groups), 0, 2)
    swapped = replace(options, stride=options.dilation, dilation=options.stride)
    found = window_sums(as_image, as_kernel, _before(pads), kernel, swapped)
    shape = (outputs, channels // groups, *kernel)
    return rearranged(found, lambda a: np.moveaxis(a, 0, 2).reshape(shape))


def _adjoint(cotangent: Array, k: Array, image: Pair, pads: Pads, options: Options) -> Exact:
    groups = options.groups
    _require(k.shape[0] % groups == 0, cotangent, k, options)
    operands = split_groups(cotangent, 1, groups), split_groups(k, 0, groups)
    found = window_sums_adjoint(*operands, _before(pads), image, options)
    shape = (len(cotangent), k.shape[1] * groups, *image)
    return rearranged(found, lambda a: a.reshape(shape))


def _before(pads: Pads) -> Pair:
    return pads[0][0], pads[1][0]


def rearranged(exact: Exact, arrange: Callable[[Floats], Floats]) -> Exact:
    """Every array of ``exact`` in another layout."""
    value, low, scale = map(arrange, (exact.value, exact.low, exact.scale))
    return replace(exact, value=value, low=low, scale=scale)


def _require(fits: bool, one: Array, other: Array, options: Options) -> None:
    if not fits:
        message = f"shapes {one.shape} and {other.shape} do not fit under {options}"
        raise ValueError(message)


def four(a: Array) -> Array:
    """Operands of two axes with a batch and a channel of one."""
    return a if a.ndim == 4 else a[None, None]


def outputs_first(k: Array, groups: int) -> Array:
    """A kernel (C, O/G, Kh, Kw) as (O, C/G, Kh, Kw), and the other way."""
    many, few, *size = k.shape
    split = k.reshape(groups, many // groups, few, *size).swapaxes(1, 2)
    return split.reshape(groups * few, many // groups, *size)
