"""``jax.scipy.signal``: SciPy's names and keywords on XLA."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.backends import precision
from conv2d_conformance.backends.protocol import FLOATS, Spec

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Padding

_SNIPPET = """\
import jax.scipy.signal
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_default_matmul_precision", "highest")
y = np.asarray(jax.scipy.signal.convolve2d(img, k, mode=padding))
"""


class Convolve2d:
    """``jax.scipy.signal.convolve2d``."""

    spec = Spec(
        name="jax.scipy.signal.convolve2d",
        call="jax.scipy.signal.convolve2d(img, k, mode=padding)",
        distributions=("jax", "jaxlib"),
        dtypes=(*FLOATS, "bfloat16"),
        orientation="convolution",
        anchor="lower",
        boundary="zeros",
        larger_kernel="swaps",
        compiles=True,
        snippet=_SNIPPET,
    )

    def __init__(self) -> None:
        precision.pin_jax()
        import jax.scipy.signal

        self._signal = jax.scipy.signal

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Call it."""
        return np.asarray(self._signal.convolve2d(img, k, mode=padding))


class Correlate2d(Convolve2d):
    """``jax.scipy.signal.correlate2d``."""

    spec = replace(
        Convolve2d.spec,
        name="jax.scipy.signal.correlate2d",
        call="jax.scipy.signal.correlate2d(img, k, mode=padding)",
        snippet=_SNIPPET.replace("convolve2d", "correlate2d"),
        orientation="correlation",
        anchor="upper",
    )

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Call it."""
        return np.asarray(self._signal.correlate2d(img, k, mode=padding))
