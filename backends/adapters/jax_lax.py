"""``jax.lax.conv_general_dilated``, eagerly and under ``jax.jit``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.backends import precision
from conv2d_conformance.backends.adapters.snippets import jax_snippets
from conv2d_conformance.backends.layout import (
    choose_layout,
    gradients_from_framework,
    image_to_framework,
    operands_to_framework,
    result_from_framework,
)
from conv2d_conformance.backends.padding import to_pair, to_pixels
from conv2d_conformance.backends.protocol import FLOATS, INTEGERS, PLAIN_OPTIONS, Spec

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Padding, Pads, Step

_WORDS: dict[Any, str] = {"valid": "VALID", "same": "SAME"}
_ORDERS = {"NCHW": ("NCHW", "OIHW"), "NHWC": ("NHWC", "HWIO")}
_JIT = "call = jax.jit(jax.lax.conv_general_dilated, static_argnums=(2, 3))\n"


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
        snippet=jax_snippets.planes("jax.lax.conv_general_dilated"),
        layer_snippet=jax_snippets.layers(),
        gradient_snippet=jax_snippets.gradients(),
        options=PLAIN_OPTIONS,
        layouts=("NCHW", "NHWC"),
        differentiates=True,
        fuses=True,
        strided_same="output",
    )

    def __init__(self, layout: str | None = None) -> None:
        self._jax = precision.pin_jax()
        self._orders = _ORDERS[choose_layout(self.spec.layouts, layout)]

    def conv2d(
        self,
        img: Array,
        k: Array,
        padding: Padding | Pads,
        *,
        stride: Step = 1,
        dilation: Step = 1,
        groups: int = 1,
    ) -> Array:
        """Call it; ``full`` is its explicit padding."""
        x, w = operands_to_framework(img, k, self._orders)
        pads = _WORDS.get(padding) or to_pixels(padding, k, dilation)
        out = self._call(x, w, to_pair(stride), pads, to_pair(dilation), groups)
        return result_from_framework(np.asarray(out), self._orders[0], img.ndim)

    def gradients(
        self,
        img: Array,
        k: Array,
        padding: Padding | Pads,
        cotangent: Array,
        *,
        stride: Step = 1,
        dilation: Step = 1,
        groups: int = 1,
    ) -> tuple[Array, Array]:
        """Pull the cotangent back with ``jax.vjp``."""
        pads = _WORDS.get(padding) or to_pixels(padding, k, dilation)
        _, pull = self._jax.vjp(
            lambda x, w: self._call(x, w, to_pair(stride), pads, to_pair(dilation), groups),
            *operands_to_framework(img, k, self._orders),
        )
        wrt_img, wrt_k = pull(image_to_framework(cotangent, self._orders[0]))
        return gradients_from_framework(
            np.asarray(wrt_img), np.asarray(wrt_k), self._orders, img.ndim
        )

    def fused(
        self,
        img: Array,
        k: Array,
        padding: Padding | Pads,
        bias: Array,
        addend: Array,
        *,
        stride: Step = 1,
        dilation: Step = 1,
        groups: int = 1,
    ) -> Array:
        """Call it, add twice, and ``jax.nn.relu``."""
        order = self._orders[0]
        x, w = operands_to_framework(img, k, self._orders)
        b, z = (image_to_framework(view, order) for view in (bias[None, :, None, None], addend))
        pads = _WORDS.get(padding) or to_pixels(padding, k, dilation)
        out = self._rectified(x, w, b, z, to_pair(stride), pads, to_pair(dilation), groups)
        return result_from_framework(np.asarray(out), order, img.ndim)

    def _rectified(self, x: Any, w: Any, bias: Any, addend: Any, *options: Any) -> Any:
        out = ConvGeneralDilated._call(self, x, w, *options)
        return self._jax.nn.relu(out + bias + addend)

    def _call(self, img: Any, k: Any, stride: Any, pads: Any, dilation: Any, groups: int) -> Any:
        return self._jax.lax.conv_general_dilated(
            img,
            k,
            window_strides=stride,
            padding=pads,
            rhs_dilation=dilation,
            dimension_numbers=(*self._orders, self._orders[0]),
            feature_group_count=groups,
        )


class _OfConstants(ConvGeneralDilated):
    """Traced for the image alone where something follows: kernel, bias, addend are constants."""

    def _rectified(self, x: Any, *constants: Any) -> Any:
        rectified = super()._rectified
        return self._jax.jit(lambda img: rectified(img, *constants))(x)


class ConvGeneralDilatedJit(ConvGeneralDilated):
    """The same under ``jax.jit``, which compiles each new shape, dtype and padding."""

    spec = replace(
        ConvGeneralDilated.spec,
        name="jax.lax.conv_general_dilated-jit",
        call="jax.jit(jax.lax.conv_general_dilated, static_argnums=(2, 3))"
        "(img[None, None], k[None, None], (1, 1), padding.upper())",
        snippet=jax_snippets.planes("call", _JIT),
        layer_snippet=jax_snippets.layers("@jax.jit\n"),
        gradient_snippet=jax_snippets.gradients("@jax.jit\n"),
        fuses_constants=True,
    )

    def __init__(self, layout: str | None = None) -> None:
        super().__init__(layout)
        self._jit = self._jax.jit(super()._call, static_argnums=(2, 3, 4, 5))
        self._jit_rectified = self._jax.jit(super()._rectified, static_argnums=(4, 5, 6, 7))

    def fused_constants(self, *operands: Any, **options: Any) -> Array:
        """Do as ``fused``, traced for the image alone."""
        return _OfConstants(self._orders[0]).fused(*operands, **options)

    def _rectified(self, *args: Any) -> Any:
        return self._jit_rectified(*args)

    def _call(self, *args: Any) -> Any:
        return self._jit(*args)
