"""``jax.lax.conv_general_dilated``, eagerly and under ``jax.jit``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from backends import layout, precision
from backends.padding import full, known
from backends.protocol import FLOATS, INTEGERS, Spec

if TYPE_CHECKING:
    from backends.protocol import Array, Padding

_WORDS = {"valid": "VALID", "same": "SAME"}
_SNIPPET = """\
import jax
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_default_matmul_precision", "highest")
full = (k.shape[0] - 1, k.shape[0] - 1), (k.shape[1] - 1, k.shape[1] - 1)
pads = full if padding == "full" else padding.upper()
call = {call}
y = np.asarray(call(img[None, None], k[None, None], (1, 1), pads))[0, 0]
"""


class ConvGeneralDilated:
    """``jax.lax.conv_general_dilated`` with its default layout, NCHW and OIHW."""

    spec = Spec(
        name="jax.lax.conv_general_dilated",
        call="jax.lax.conv_general_dilated"
        "(img[None, None], k[None, None], (1, 1), padding.upper())",
        distributions=("jax", "jaxlib"),
        dtypes=(*FLOATS, "bfloat16", *INTEGERS),
        orientation="correlation",
        anchor="upper",
        boundary="zeros",
        larger_kernel="empty",
        compiles=True,
        snippet=_SNIPPET.format(call="jax.lax.conv_general_dilated"),
    )

    def __init__(self) -> None:
        self._jax = precision.pin_jax()

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Call it; ``full`` is its explicit padding."""
        pads = _WORDS.get(known(padding)) or full(k)
        out = self._call(layout.image_nchw(img), layout.kernel_oihw(k), pads)
        return layout.plane_nchw(np.asarray(out))  # type: ignore[no-any-return]

    def _call(self, img: Any, k: Any, pads: Any) -> Any:
        return self._jax.lax.conv_general_dilated(img, k, window_strides=(1, 1), padding=pads)


class ConvGeneralDilatedJit(ConvGeneralDilated):
    """The same under ``jax.jit``, which compiles each new shape, dtype and padding."""

    spec = replace(
        ConvGeneralDilated.spec,
        name="jax.lax.conv_general_dilated-jit",
        call="jax.jit(jax.lax.conv_general_dilated, static_argnums=(2, 3))"
        "(img[None, None], k[None, None], (1, 1), padding.upper())",
        snippet=_SNIPPET.format(
            call="jax.jit(jax.lax.conv_general_dilated, static_argnums=(2, 3))"
        ),
    )

    def __init__(self) -> None:
        super().__init__()
        self._jit = self._jax.jit(super()._call, static_argnums=2)

    def _call(self, img: Any, k: Any, pads: Any) -> Any:
        return self._jit(img, k, pads)
