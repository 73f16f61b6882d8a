"""Keras 3: the layer and the operation, on whichever backend Keras is configured for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from backends import layout, precision
from backends.padding import only
from backends.protocol import FLOATS, INTEGERS, Spec

if TYPE_CHECKING:
    from backends.protocol import Array, Padding

_SPEC = Spec(
    name="",
    call="",
    distributions=("keras",),
    paddings=("valid", "same"),
    dtypes=(*FLOATS, "bfloat16"),
    orientation="correlation",
    anchor="upper",
    boundary="zeros",
    larger_kernel="raises",
)
_IMPORT = """\
import os
os.environ["KERAS_BACKEND"] = "{under}"
import keras
"""
_PINS = {
    "jax": """\
import jax
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_default_matmul_precision", "highest")
""",
    "tensorflow": """\
import tensorflow as tf
tf.config.experimental.enable_tensor_float_32_execution(False)
""",
}
_LAYER = """\
layer = keras.layers.Conv2D(1, k.shape, padding=padding, use_bias=False,
                            data_format="channels_last", dtype=img.dtype.name)
layer.build((1, *img.shape, 1))
layer.set_weights([k[:, :, None, None]])
y = keras.ops.convert_to_numpy(layer(img[None, :, :, None]))[0, :, :, 0]
"""
_OPERATION = """\
y = keras.ops.conv(img[None, :, :, None], k[:, :, None, None], padding=padding,
                   data_format="channels_last")
y = keras.ops.convert_to_numpy(y)[0, :, :, 0]
"""
_DISTRIBUTIONS = {"jax": ("jax", "jaxlib")}
_INTEGERS = {"tensorflow": ("int32",), "torch": INTEGERS, "jax": INTEGERS}
_COMPILES = frozenset(["jax"])
_WHY = "Keras has no 'full'; pad the image by (Kh - 1, Kw - 1) with keras.ops.pad and use 'valid'"


class OpsConv:
    """``keras.ops.conv`` on NHWC arrays."""

    spec = replace(
        _SPEC,
        name="keras.ops.conv",
        call="keras.ops.conv(img[None, :, :, None], k[:, :, None, None], padding=padding, "
        "data_format='channels_last')",
        snippet=_OPERATION,
    )

    def __init__(self) -> None:
        self._keras = precision.pin_keras()
        under = self._keras.backend.backend()
        self.spec = replace(
            self.spec,
            distributions=("keras", *_DISTRIBUTIONS.get(under, (under,))),
            dtypes=self._dtypes(under),
            compiles=under in _COMPILES,
            snippet=_IMPORT.format(under=under) + _PINS.get(under, "") + self.spec.snippet,
        )

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Call it."""
        only(self.spec.paddings, padding, _WHY)
        out = self._call(layout.image_nhwc(img), layout.kernel_hwio(k), padding)
        out = self._keras.ops.convert_to_numpy(out)
        return layout.plane_nhwc(out)  # type: ignore[no-any-return]

    def _dtypes(self, under: str) -> tuple[str, ...]:
        return _SPEC.dtypes + _INTEGERS.get(under, ())

    def _call(self, img: Any, k: Any, padding: Padding) -> Any:
        return self._keras.ops.conv(img, k, padding=padding, data_format="channels_last")


class LayersConv2D(OpsConv):
    """``keras.layers.Conv2D`` with its weights set; the layer's dtype is the image's."""

    spec = replace(
        _SPEC,
        name="keras.layers.Conv2D",
        call="layer = keras.layers.Conv2D(1, k.shape, padding=padding, use_bias=False, "
        "data_format='channels_last', dtype=img.dtype.name); layer.build((1, *img.shape, 1)); "
        "layer.set_weights([k[:, :, None, None]]); layer(img[None, :, :, None])",
        snippet=_LAYER,
    )

    def _dtypes(self, under: str) -> tuple[str, ...]:  # noqa: ARG002
        return _SPEC.dtypes

    def _call(self, img: Any, k: Any, padding: Padding) -> Any:
        layer = self._keras.layers.Conv2D(
            1,
            k.shape[:2],
            padding=padding,
            use_bias=False,
            data_format="channels_last",
            dtype=img.dtype.name,
        )
        layer.build(img.shape)
        layer.set_weights([k])
        return layer(img)
