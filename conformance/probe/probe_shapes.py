"""The shapes that the probe measures, and the classes of kernels that a call refuses."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from conv2d_conformance.definition.shapes import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from conv2d_conformance.definition.shapes import Shape

    MapShapes = tuple[str, Shape, Shape]

# Heights and widths of both parities; kernels odd, even and mixed, square and not.
IMAGES: tuple[Shape, ...] = ((6, 7), (7, 6), (5, 9))
KERNELS: tuple[Shape, ...] = ((3, 3), (3, 5), (1, 3), (2, 2), (2, 3), (3, 2), (5, 4), (4, 1))
# Classes of kernels that a call may refuse entirely.
CLASSES: dict[str, Callable[[Shape], bool]] = {
    "even": lambda kernel: not (kernel[0] % 2 and kernel[1] % 2),
    "non-square": lambda kernel: kernel[0] != kernel[1],
}


def every_map(paddings: Sequence[str]) -> list[MapShapes]:
    """Return padding, image and kernel of every map."""
    return list(product(paddings, IMAGES, KERNELS))


def covering_maps(paddings: Sequence[str]) -> list[MapShapes]:
    """Return a third of the maps, with each kernel under each padding, and on each image if it can.

    For a call that compiles for every shape: a compiled kernel costs up to seconds.
    """
    return [
        (padding, IMAGES[(i + j) % len(IMAGES)], kernel)
        for (i, padding), (j, kernel) in product(enumerate(paddings), enumerate(KERNELS))
    ]


def map_name(padding: str, image: Shape, kernel: Shape) -> str:
    """``same/6x7-by-2x3``."""
    return f"{padding}/{describe(image, kernel)}"


def refused_class(refused: Container[str], kernel: Shape, padding: str) -> str | None:
    """Return a class of ``kernel`` of which every measurement was refused."""
    words = (word for word, holds in CLASSES.items() if holds(kernel))
    return next((word for word in words if _all_refused(refused, word, padding)), None)


def _all_refused(refused: Container[str], word: str, padding: str) -> bool:
    members = filter(CLASSES[word], KERNELS)
    return all(map_name(padding, *shapes) in refused for shapes in product(IMAGES, members))
