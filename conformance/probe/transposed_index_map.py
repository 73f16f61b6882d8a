"""Index maps of a transposed convolution: where each kernel element writes the numbered image."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, get_args

import numpy as np

from conv2d_conformance.cases.layers import make_layer
from conv2d_conformance.definition.correlation import Orientation, orient
from conv2d_conformance.definition.padding import Pads, Pair, reach
from conv2d_conformance.probe.index_map import NotAnIndexMapError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array

    Call = Callable[[Layer, Array, Array], Array]

WORDS: dict[Orientation, str] = {"correlation": "adjoint", "convolution": "rotated"}
ORIENTATIONS: tuple[Orientation, ...] = (
    *WORDS,
    *(word for word in get_args(Orientation) if word not in WORDS),
)
MAPPED_PADDINGS: tuple[str | Pads, ...] = ("valid", "same", ((1, 1), (1, 1)), ((0, 0), (2, 2)))
# Every excess of the kernel over the stride, of either sign and parity, and of one axis only; then
# the same with output_padding.
MAPPED: tuple[Layer, ...] = tuple(
    make_layer(
        (4, 5),
        kernel,
        padding,
        stride=stride,
        dilation=dilation,
        operation="conv_transpose2d",
    )
    for padding, (kernel, stride, dilation) in product(
        ("valid", "same"),
        (
            *(((m, m), (s, s), (1, 1)) for m, s in product((1, 2, 3, 4), (1, 2, 3, 5))),
            ((3, 2), (1, 3), (1, 1)),
            ((2, 2), (1, 1), (2, 2)),
            ((3, 3), (2, 2), (2, 2)),
        ),
    )
) + tuple(
    make_layer(
        (4, 5),
        kernel,
        padding,
        stride=stride,
        output_padding=more,
        operation="conv_transpose2d",
    )
    for padding, (kernel, stride, more) in product(
        MAPPED_PADDINGS,
        (
            *(((m, m), (s, s), (s - 1, s - 1)) for m, s in product((1, 2, 3, 4, 5), (2, 3))),
            ((3, 3), (1, 1), (0, 0)),
            ((3, 3), (2, 2), (0, 0)),
            ((3, 3), (2, 3), (1, 0)),
            ((3, 2), (1, 3), (0, 2)),
        ),
    )
)


@dataclass(frozen=True)
class TransposedMap:
    """The map of one layer: the orientations that explain it, and what it crops."""

    orientations: tuple[Orientation, ...]
    crops: Pads


def measure(call: Call, layer: Layer) -> TransposedMap:
    """Measure a layer by the positions to which the corners of its kernel write.

    Raises
    ------
    NotAnIndexMapError
        If they are not positions of pixels, or no orientation explains them.
    """
    img, k = (np.zeros_like(a) for a in layer.arrays())
    img[...] = np.arange(1, img.size + 1).reshape(img.shape)
    painted, size = {}, (0, 0)
    bottom, right = (m - 1 for m in layer.kernel)
    for tap in product({0, bottom}, {0, right}):
        k[...] = 0
        k[tap] = 1
        result = call(layer, img, k)
        painted[tap], size = _origin(layer, result), (result.shape[0], result.shape[1])
    found = {word: before for word in ORIENTATIONS for before in _before(layer, painted, word)}
    if not found:
        msg = f"no orientation explains that the corners of the kernel paint from {painted}"
        raise NotAnIndexMapError(msg)
    return TransposedMap(tuple(found), _crops(layer, next(iter(found.values())), size))


def _origin(layer: Layer, result: Array) -> Pair:
    """Return the position of the first pixel; the others follow at steps of the stride."""
    places = np.argwhere(result)
    numbers = result[tuple(places.T)].astype(np.float64) - 1
    pixels = np.stack(np.divmod(numbers, layer.image[1]), axis=-1)
    origins = {tuple(map(float, place)) for place in places - pixels * layer.stride}
    if len(origins) != 1:
        msg = f"a kernel of a single one paints the image from {len(origins)} places"
        raise NotAnIndexMapError(msg)
    row, column = origins.pop()
    return int(row), int(column)


def _before(layer: Layer, painted: dict[Pair, Pair], word: Orientation) -> Iterator[Pair]:
    """Return the rows and columns cropped before, if the orientation explains every position."""
    found = set()
    for tap, origin in painted.items():
        k = np.zeros(layer.kernel)
        k[tap] = 1
        at = np.argwhere(orient(k, word))[0] * layer.dilation - origin
        found.add((int(at[0]), int(at[1])))
    if len(found) == 1:
        yield found.pop()


def _crops(layer: Layer, before: Pair, size: Pair) -> Pads:
    axes = zip(layer.image, layer.stride, reach(layer.kernel, layer.options), strict=True)
    full = ((n - 1) * s + span + 1 for n, s, span in axes)
    rows, columns = (
        (lead, whole - lead - n) for lead, whole, n in zip(before, full, size, strict=True)
    )
    return rows, columns
