"""Snippets of the calls of Keras 3, on whichever framework it is configured for."""

from __future__ import annotations

from conv2d_conformance.backends.adapters.snippets import jax_snippets, tensorflow_snippets

_UNDER = """\
import os
os.environ["KERAS_BACKEND"] = "{under}"
import keras
"""
_PINS = {"jax": jax_snippets.PINS, "tensorflow": tensorflow_snippets.PINS}
LAYER = """\
import keras
layer = keras.layers.Conv2D(
    1, k.shape, padding=padding, use_bias=False, data_format="channels_last", dtype=img.dtype.name
)
layer.build((1, *img.shape, 1))
layer.set_weights([k[:, :, None, None]])
y = keras.ops.convert_to_numpy(layer(img[None, :, :, None]))[0, :, :, 0]
"""
OPERATION = """\
import keras
y = keras.ops.conv(
    img[None, :, :, None], k[:, :, None, None], padding=padding, data_format="channels_last"
)
y = keras.ops.convert_to_numpy(y)[0, :, :, 0]
"""
LAYER_ON_LAYER = """\
import keras
x, w = img.transpose(0, 2, 3, 1), k.transpose(2, 3, 1, 0)
layer = keras.layers.Conv2D(
    k.shape[0], k.shape[2:], stride, padding, "channels_last", dilation, groups, use_bias=False,
    dtype=img.dtype.name
)
layer.build(x.shape)
layer.set_weights([w])
y = keras.ops.convert_to_numpy(layer(x)).transpose(0, 3, 1, 2)
"""
OPERATION_ON_LAYER = """\
import keras
x, w = img.transpose(0, 2, 3, 1), k.transpose(2, 3, 1, 0)
y = keras.ops.conv(x, w, stride, padding, "channels_last", dilation)
y = keras.ops.convert_to_numpy(y).transpose(0, 3, 1, 2)
"""
TRANSPOSED_LAYER = """\
import keras
x, w = img.transpose(0, 2, 3, 1), k.transpose(2, 3, 1, 0)
layer = keras.layers.Conv2DTranspose(
    k.shape[1], k.shape[2:], stride, padding, output_padding, "channels_last", dilation,
    use_bias=False, dtype=img.dtype.name
)
layer.build(x.shape)
layer.set_weights([w])
y = keras.ops.convert_to_numpy(layer(x)).transpose(0, 3, 1, 2)
"""
TRANSPOSED_OPERATION = """\
import keras
x, w = img.transpose(0, 2, 3, 1), k.transpose(2, 3, 1, 0)
y = keras.ops.conv_transpose(x, w, stride, padding, output_padding, "channels_last", dilation)
y = keras.ops.convert_to_numpy(y).transpose(0, 3, 1, 2)
"""


def on_framework(snippet: str, under: str) -> str:
    """Return a snippet that configures Keras for a framework, and that framework."""
    if not snippet:
        return ""
    pinned = _UNDER.format(under=under) + _PINS.get(under, "")
    return pinned + snippet.replace("import keras\n", "", 1)
