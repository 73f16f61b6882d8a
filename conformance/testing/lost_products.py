"""Finds which products a sum lacks: of one tap, of a row or column of taps, or of a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition.correlation import source_indices
from conv2d_conformance.definition.sums.window_sums import extent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.arrays import Array, Floats
    from conv2d_conformance.testing.requested import Requested

# Elements that are compared; chance does not make so many agree.
MAX_ELEMENTS = 64


def find_lost_products(one: Requested, lacking: Floats, bound: Floats, wrong: Array) -> str | None:
    """Return the kernel elements whose products one plane of a result lacks, in words.

    Parameters
    ----------
    one : Requested
        One image and one output.
    lacking, bound : ndarray, (Oh, Ow)
        The exact result less the result, and how far that may be off.
    wrong : ndarray of bool, (Oh, Ow)
        The elements to explain.
    """
    at = np.argwhere(wrong)
    spread = np.linspace(0, len(at) - 1, min(len(at), MAX_ELEMENTS)).astype(int)
    rows, columns = at[spread].T
    products = _products(one, rows, columns)
    missing, allowed = lacking[rows, columns], bound[rows, columns]
    for words, sums in _parts(products):
        with np.errstate(invalid="ignore"):
            held = (
                np.abs(missing[:, None] - sums.reshape(len(missing), -1)) <= allowed[:, None]
            ).all(0)
        if held.any():
            number = np.unravel_index(int(np.argmax(held)), sums.shape[1:])
            return words.format(*(int(i) for i in number))
    return None


def _products(one: Requested, rows: Array, columns: Array) -> Floats:
    """The products that make each element, (elements, C, Kh, Kw)."""
    steps = zip(
        (rows, columns), one.options.stride, one.pads, one.options.dilation, extent(one.k),
        extent(one.x), strict=True,
    )  # fmt: skip
    i, j = (
        source_indices(at[:, None] * s - pad[0] + d * np.arange(m), n, one.boundary)
        for at, s, pad, d, m, n in steps
    )
    pixels = one.x[0][:, i[:, :, None], j[:, None, :]].astype(np.float64)
    inside = (i >= 0)[:, :, None] & (j >= 0)[:, None, :]
    found = np.where(inside, pixels, 0.0) * one.k[0][:, None].astype(np.float64)
    return np.asarray(found.swapaxes(0, 1))


def _parts(products: Floats) -> Iterator[tuple[str, Floats]]:
    """Sums of the products that one slip loses, and the words for it."""
    channels = products.shape[1]
    if channels > 1:
        yield "The products of channel {0} are missing.", products.sum((2, 3))
    yield "The products of kernel row {0} are missing.", products.sum((1, 3))
    yield "The products of kernel column {0} are missing.", products.sum((1, 2))
    if channels > 1:
        yield "The products of kernel element ({0}, {1}) are missing.", products.sum(1)
        yield "The products of kernel element ({1}, {2}) of channel {0} are missing.", products
    else:
        yield "The products of kernel element ({0}, {1}) are missing.", products[:, 0]
