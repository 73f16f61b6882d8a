"""Keras 3's transposed convolution: the operation and the layer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from conv2d_conformance.backends.adapters.keras_conv import Configured
from conv2d_conformance.backends.adapters.snippets import keras_snippets
from conv2d_conformance.backends.adapters.tensorflow_nn import PLAINER
from conv2d_conformance.backends.layout import (
    TRANSPOSED,
    operands_to_framework,
    result_from_framework,
)
from conv2d_conformance.backends.padding import require_supported
from conv2d_conformance.backends.protocol import INTEGERS, Unsupported

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Padding, Pads, Step

_WHY = "Keras has 'valid' and 'same' only; for 'full' crop a 'valid' one with keras.ops"


class OpsConvTranspose(Configured):
    """``keras.ops.conv_transpose`` on NHWC arrays; its kernel is (Kh, Kw, out, in)."""

    spec = replace(
        Configured.spec,
        name="keras.ops.conv_transpose",
        call="keras.ops.conv_transpose(img_nhwc, k_hwoi, stride, padding, output_padding, "
        "'channels_last', dilation)",
        orientation=None,
        boundary=None,
        larger_kernel=None,
        strided_same=None,
        options=("batch", "stride", "dilation", "output_padding"),
        layouts=("channels_last",),
        operation="conv_transpose2d",
        layer_snippet=keras_snippets.TRANSPOSED_OPERATION,
        reads="adjoint",
        ends="stride",
        output_padding="halved",
    )
    integers: ClassVar = {"tensorflow": ("int32",), "torch": ("int64",), "jax": INTEGERS}
    without_onednn: ClassVar = (("dilation",),)
    refuses: ClassVar = {
        "tensorflow": (("past_stride",), *(("dilation", dtype) for dtype in PLAINER))
    }

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
        if groups != 1:
            why = "Keras's transposed convolution has no groups; call it for each and concatenate"
            raise Unsupported(why)
        word = require_supported(self.spec.paddings, padding, _WHY)
        x, w = operands_to_framework(img, k, ("NHWC", "HWOI"), TRANSPOSED)
        out = self._call(x, w, stride, word, output_padding, dilation)
        return result_from_framework(self._keras.ops.convert_to_numpy(out), "NHWC", img.ndim)

    def _call(
        self, img: Any, k: Any, stride: Step, padding: str, more: Step | None, dilation: Step
    ) -> Any:
        return self._keras.ops.conv_transpose(
            img, k, stride, padding, more, "channels_last", dilation
        )


class LayersConv2DTranspose(OpsConvTranspose):
    """``keras.layers.Conv2DTranspose`` with its weights set; the layer's dtype is the image's."""

    spec = replace(
        OpsConvTranspose.spec,
        name="keras.layers.Conv2DTranspose",
        call="layer = keras.layers.Conv2DTranspose(k.shape[1], k.shape[2:], stride, padding, "
        "output_padding, 'channels_last', dilation, use_bias=False); layer.build(img_nhwc.shape); "
        "layer.set_weights([k_hwoi]); layer(img_nhwc)",
        refuses=(("stride", "dilation"), ("past_stride",)),
        layer_snippet=keras_snippets.TRANSPOSED_LAYER,
    )
    older = "conv2d_conformance.backends.adapters.keras2:LayersConv2DTranspose"
    integers: ClassVar = {}

    def _call(
        self, img: Any, k: Any, stride: Step, padding: str, more: Step | None, dilation: Step
    ) -> Any:
        layer = self._keras.layers.Conv2DTranspose(
            k.shape[2],
            k.shape[:2],
            stride,
            padding,
            more,
            "channels_last",
            dilation,
            use_bias=False,
            dtype=img.dtype.name,
        )
        layer.build(img.shape)
        layer.set_weights([k])
        return layer(img)
