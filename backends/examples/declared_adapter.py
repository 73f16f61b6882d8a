"""A call of your own, and the adapter that declares what it does: a correlation of periodic images.

``pytest conformance --backend backends/examples/declared_adapter.py:Periodic``
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.backends.protocol import Spec, Unsupported

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Padding


def periodic(img: Any, k: Any) -> Any:
    """The call under test: the image repeats outside itself."""
    if img.ndim != 2 or k.ndim != 2 or not k.size:
        msg = f"two planes are needed, not {img.shape} and {k.shape}"
        raise ValueError(msg)
    if img.dtype != k.dtype:
        msg = f"one dtype is needed, not {img.dtype} and {k.dtype}"
        raise TypeError(msg)
    rows, columns = (k.shape[0] - 1) // 2, (k.shape[1] - 1) // 2
    y = np.zeros(img.shape, img.dtype)
    for a, b in np.ndindex(*k.shape):
        y += np.roll(img, (rows - a, columns - b), (0, 1)) * k[a, b]
    return y


class Periodic:
    """The adapter. Each fact that it declares is compared with the measured one."""

    spec = Spec(
        name="periodic",
        call="periodic(img, k)",
        distributions=("numpy",),
        paddings=("same",),
        dtypes=("float32", "float64"),
        orientation="correlation",
        anchor="upper",
        boundary="wrap",
    )

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Make the call. What the call has no word for is unsupported; never imitate it."""
        if padding != "same":
            msg = "periodic() always returns the image's size"
            raise Unsupported(msg)
        return periodic(img, k)  # type: ignore[no-any-return]
