"""The original question of this project: its image, its kernel and its published means.

``correlate2d(image, kernel.T)`` has the mean of Keras's result to every digit and differs from it
by 1.4 in single elements, because the image is nearly symmetric: a mean proves nothing alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array

DATA_FOLDER = Path(__file__).parent / "question_data"

IMAGE_MEAN = -3.7252903e-09
# By orientation, for the kernel and its transpose: as float32 printed them in 2019 and today.
MEANS: dict[tuple[str | None, str], float] = {
    ("convolution", "mean-of-k"): 0.00075121224,
    ("convolution", "mean-of-k-transposed"): 0.00075123087,
    ("correlation", "mean-of-k"): 0.001123853,
    ("correlation", "mean-of-k-transposed"): 0.001123853,
}


def image() -> Array:
    """The image, (8, 8) float32."""
    return np.loadtxt(DATA_FOLDER / "image.csv", delimiter=",", dtype=np.float32)


def kernel() -> Array:
    """The kernel, (3, 3) float32."""
    return np.loadtxt(DATA_FOLDER / "kernel.csv", delimiter=",", dtype=np.float32)
