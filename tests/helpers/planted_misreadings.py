"""Results planted by loops and `numpy.pad`: nothing of what is to recover them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tests.helpers.naive_planes import correlate

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.backends.protocol import Array, Pads, Pair
    from conv2d_conformance.definition.correlation import Boundary, Orientation

TURN: dict[Orientation, Callable[[Array], Array]] = {
    "correlation": lambda a: a,
    "convolution": lambda a: np.rot90(a, 2),
    "flip-rows": np.flipud,
    "flip-columns": np.fliplr,
    "transposed-correlation": np.transpose,
    "transposed-convolution": lambda a: np.rot90(a, 2).T,
    "transposed-flip-rows": lambda a: np.rot90(a, 1),
    "transposed-flip-columns": lambda a: np.rot90(a, -1),
}
MODE: dict[Boundary, str] = {
    "zeros": "constant",
    "edge": "edge",
    "reflect": "symmetric",
    "mirror": "reflect",
    "wrap": "wrap",
}


@dataclass(frozen=True)
class Planted:
    """What is done to image, kernel and result."""

    pads: Pads
    orientation: Orientation = "correlation"
    boundary: Boundary = "zeros"
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    turn: Orientation = "correlation"
    scale: float = 1.0
    bias: float = 0.0

    def result(self, img: Array, k: Array) -> Array:
        """The result in the dtype of the image."""
        widths = [(max(a, 0), max(b, 0)) for a, b in self.pads]
        x = np.pad(img.astype(np.float64), widths, mode=MODE[self.boundary])  # type: ignore[call-overload]  # a mode by name
        crop = [(min(a, 0), min(b, 0)) for a, b in self.pads]
        w = TURN[self.orientation](k).astype(np.float64)
        y = correlate(x[None, None], w[None, None], crop, self.stride, self.dilation, 1)[0, 0]
        return (TURN[self.turn](y) * self.scale + self.bias).astype(img.dtype)


def operands(seed: int, image: Pair, kernel: Pair, dtype: str = "float32") -> tuple[Array, Array]:
    """Signed noise without symmetry."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal(image).astype(dtype), rng.standard_normal(kernel).astype(dtype)


def same(kernel: Pair, shift: Pair = (0, 0)) -> Pads:
    """Pads of ``same``, the odd pixel after the image, moved by ``shift``."""
    rows, columns = (((m - 1) // 2 + s, m // 2 - s) for m, s in zip(kernel, shift, strict=True))
    return rows, columns
