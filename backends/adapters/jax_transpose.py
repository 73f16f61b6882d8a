"""``jax.lax.conv_transpose``, which by default does not flip the kernel for the adjoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.backends import precision
from conv2d_conformance.backends.adapters.snippets import jax_snippets
from conv2d_conformance.backends.layout import (
    TRANSPOSED,
    operands_to_framework,
    result_from_framework,
)
from conv2d_conformance.backends.padding import require_supported, to_pair
from conv2d_conformance.backends.protocol import FLOATS, INTEGERS, Spec, Unsupported

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Padding, Pads, Step

_WHY = "jax.lax.conv_transpose has 'VALID' and 'SAME'; for 'full' give its explicit padding"
_MORE = "jax.lax.conv_transpose has no output_padding; give its explicit padding"


class ConvTranspose:
    """``jax.lax.conv_transpose`` with its default layout, NHWC and HWIO, I the image's channels."""

    spec = Spec(
        name="jax.lax.conv_transpose",
        call="jax.lax.conv_transpose(img_nhwc, k_hwio, stride, padding.upper(), "
        "rhs_dilation=dilation)",
        distributions=("jax", "jaxlib"),
        paddings=("valid", "same"),
        dtypes=(*FLOATS, "bfloat16", *INTEGERS),
        anchor="upper",
        layer_snippet=jax_snippets.transposed(),
        compiles=True,
        options=("batch", "stride", "dilation"),
        layouts=("NHWC",),
        operation="conv_transpose2d",
        reads="rotated",
        ends="stride",
    )

    def __init__(self) -> None:
        self._jax = precision.pin_jax()

    def conv_transpose2d(
        self,
        img: Array,
        k: Array,
        padding: Padding | Pads,
        *,
        stride: Step = 1,
        dilation: Step = 1,
        groups: int = 1,
        output_padding: Step | None = None,
    ) -> Array:
        """Call it."""
        if output_padding is not None:
            raise Unsupported(_MORE)
        if groups != 1:
            why = "jax.lax.conv_transpose has no groups; split the channels and call it for each"
            raise Unsupported(why)
        word = require_supported(self.spec.paddings, padding, _WHY).upper()
        x, w = operands_to_framework(img, k, ("NHWC", "HWIO"), TRANSPOSED)
        out = self._jax.lax.conv_transpose(
            x, w, to_pair(stride), word, rhs_dilation=to_pair(dilation)
        )
        return result_from_framework(np.asarray(out), "NHWC", img.ndim)
