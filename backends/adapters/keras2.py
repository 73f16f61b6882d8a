"""Keras 2, as its users call it: a model of one layer with given weights predicts."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends import precision
from conv2d_conformance.backends.adapters import keras_conv, keras_transpose
from conv2d_conformance.backends.adapters.tensorflow_versions import GROUPS, ONEDNN, version
from conv2d_conformance.backends.layout import (
    TRANSPOSED,
    choose_layout,
    operands_to_framework,
    result_from_framework,
)
from conv2d_conformance.backends.padding import require_no_groups, require_supported, to_pair
from conv2d_conformance.backends.protocol import FLOATS, Unsupported

if TYPE_CHECKING:
    from typing import Iterator

    from conv2d_conformance.backends.protocol import Array, Padding, Pads, Spec, Step

_ORDERS = {"channels_last": "NHWC", "channels_first": "NCHW"}
_WHY = "Keras has 'valid' and 'same' only; for 'full' pad the image, or crop a transposed 'valid'"
_UNEVEN = "keras.layers.Conv2DTranspose of Keras 2 dilates rows and columns alike only"
_SNIPPET = """\
import keras
layer = keras.layers.Conv2D(
    1, k.shape, padding=padding, use_bias=False, kernel_initializer="zeros",
    data_format="channels_last", input_shape=img.shape + (1,), dtype=img.dtype.name
)
model = keras.models.Sequential([layer])
model.set_weights([k[:, :, None, None]])
y = model.predict(img[None, :, :, None])[0, :, :, 0]
"""


class LayersConv2D:
    """``keras.layers.Conv2D`` in a model; the layer's dtype is the image's."""

    spec = replace(
        keras_conv.LayersConv2D.spec,
        call="keras.models.Sequential([keras.layers.Conv2D(1, k.shape, padding=padding, "
        "use_bias=False, input_shape=img.shape + (1,))]).predict(img[None, :, :, None])",
        distributions=("keras", "tensorflow"),
        dtypes=FLOATS,
        compiles=True,  # every model adds a graph
        snippet=_SNIPPET,
        layer_snippet="",
    )

    def __init__(self, layout: str | None = None) -> None:
        self._keras = precision.pin_keras()
        self.spec = spec_for_tensorflow(self.spec)
        self._layout = choose_layout(self.spec.layouts, layout)

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
        """Let a model of the layer predict."""
        require_no_groups(groups, self.spec)
        word, order = require_supported(self.spec.paddings, padding, _WHY), _ORDERS[self._layout]
        x, w = operands_to_framework(img, k, (order, "HWIO"))
        with clean_session(self._keras):
            layer = self._keras.layers.Conv2D(
                w.shape[3],
                w.shape[:2],
                strides=stride,
                padding=word,
                data_format=self._layout,
                dilation_rate=dilation,
                use_bias=False,
                kernel_initializer="zeros",
                input_shape=x.shape[1:],
                dtype=x.dtype.name,
                **({"groups": groups} if groups > 1 else {}),
            )
            return to_contract(predict(self._keras, layer, x, w), order, img.ndim)


class LayersConv2DTranspose:
    """``keras.layers.Conv2DTranspose`` in a model; its kernel is (Kh, Kw, out, in)."""

    spec = replace(
        keras_transpose.LayersConv2DTranspose.spec,
        call="keras.models.Sequential([keras.layers.Conv2DTranspose(k.shape[1], k.shape[2:], "
        "stride, padding, use_bias=False, input_shape=img_nhwc.shape[1:])]).predict(img_nhwc)",
        distributions=("keras", "tensorflow"),
        dtypes=FLOATS,
        compiles=True,
        layer_snippet="",
    )

    def __init__(self) -> None:
        self._keras = precision.pin_keras()

    def conv_transpose2d(
        self,
        img: Array,
        k: Array,
        padding: Padding,
        *,
        stride: Step = 1,
        dilation: Step = 1,
        groups: int = 1,
        output_padding: Step | None = None,
    ) -> Array:
        """Let a model of the layer predict."""
        require_no_groups(groups, self.spec)
        word = require_supported(self.spec.paddings, padding, _WHY)
        if len(set(to_pair(dilation))) > 1:
            raise Unsupported(_UNEVEN)
        x, w = operands_to_framework(img, k, ("NHWC", "HWOI"), TRANSPOSED)
        with clean_session(self._keras):
            layer = self._keras.layers.Conv2DTranspose(
                w.shape[2],
                w.shape[:2],
                strides=stride,
                padding=word,
                output_padding=output_padding,
                data_format="channels_last",
                dilation_rate=dilation,
                use_bias=False,
                kernel_initializer="zeros",
                input_shape=x.shape[1:],
                dtype=x.dtype.name,
            )
            return to_contract(predict(self._keras, layer, x, w), "NHWC", img.ndim)


def spec_for_tensorflow(spec: Spec) -> Spec:
    """Return the layer's spec, reduced to what its TensorFlow does on the CPU.

    Until 2.3, the last Keras for TensorFlow 1, Keras transposed channels first by itself.
    """
    import tensorflow as tf

    now = version(tf)
    if now < GROUPS:
        spec = replace(spec, options=tuple(word for word in spec.options if word != "groups"))
    if now >= ONEDNN:
        return replace(spec, refuses=spec.refuses + keras_conv.CHANNELS_FIRST)
    return spec if now < (2, 0) else replace(spec, layouts=("channels_last",))


def predict(keras: Any, layer: Any, x: Array, w: Array) -> Any:
    """Let a model of one layer predict for a batch of images."""
    model = keras.models.Sequential([layer])
    model.set_weights([w])
    return model.predict(x)


def to_contract(out: Any, order: str, rank: int) -> Array:
    """Return the prediction in the contract's order; for an empty batch it is a list, unchanged."""
    return out if isinstance(out, list) else result_from_framework(out, order, rank)  # type: ignore[return-value]  # the suite is to see it


@contextmanager
def clean_session(keras: Any) -> Iterator[None]:
    """Clear the model afterwards; also work if TensorFlow 1 was made eager for another call."""
    import tensorflow as tf

    if version(tf) < (2, 0):
        with tf.Graph().as_default(), tf.compat.v1.Session().as_default():
            yield
    else:
        keras.backend.clear_session()
        yield
