"""Keras 3: the layer and the operation, on whichever backend Keras is configured for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from conv2d_conformance.backends import precision
from conv2d_conformance.backends.adapters.snippets import keras_snippets
from conv2d_conformance.backends.adapters.snippets.keras_snippets import on_framework
from conv2d_conformance.backends.adapters.tensorflow_nn import PLAINER
from conv2d_conformance.backends.adapters.tensorflow_versions import has_onednn
from conv2d_conformance.backends.adapters.torch_nn import DILATED_INTEGERS
from conv2d_conformance.backends.layout import (
    choose_layout,
    operands_to_framework,
    result_from_framework,
)
from conv2d_conformance.backends.padding import require_implied_groups, require_supported
from conv2d_conformance.backends.protocol import FLOATS, INTEGERS, Spec, TooOld

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Padding, Pads, Step

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
    options=("batch", "stride", "dilation", "groups"),
    layouts=("channels_last", "channels_first"),
    strided_same="output",
)
_ORDERS = {"channels_last": "NHWC", "channels_first": "NCHW"}
_DISTRIBUTIONS = {"jax": ("jax", "jaxlib")}
CHANNELS_FIRST = tuple(("channels_first", dtype) for dtype in PLAINER)
_STRIDE_AND_DILATION = ("stride", "dilation")
_LACKS_ONEDNN = {"tensorflow": lambda: not has_onednn(precision.pin_tensorflow())}
_COMPILES = frozenset(["jax"])
_WHY = (
    "Keras has 'valid' and 'same' only; pad the image with keras.ops.pad, for 'full' by Kh - 1 and "
    "Kw - 1, and use 'valid'"
)


class Configured:
    """A call of Keras; its spec depends on the framework below Keras."""

    spec = _SPEC
    older = ""  # the adapter for Keras 2
    integers: ClassVar[dict[str, tuple[str, ...]]] = {}
    refuses: ClassVar[dict[str, tuple[tuple[str, ...], ...]]] = {}
    without_onednn: ClassVar[tuple[tuple[str, ...], ...]] = (("channels_first",),)

    def __init__(self, layout: str | None = None) -> None:
        self._keras = precision.pin_keras()
        if not hasattr(self._keras, "ops"):
            msg = f"keras.ops came with Keras 3, not {self._keras.__version__}; install keras>=3"
            raise TooOld(msg, self.older)
        self._layout = choose_layout(self.spec.layouts, layout)
        under = self._keras.backend.backend()
        self.spec = replace(
            self.spec,
            distributions=("keras", *_DISTRIBUTIONS.get(under, (under,))),
            dtypes=self.spec.dtypes + self.integers.get(under, ()),
            refuses=self.spec.refuses
            + self.refuses.get(under, ())
            + (self.without_onednn if _LACKS_ONEDNN.get(under, bool)() else ()),
            compiles=under in _COMPILES,
            snippet=on_framework(str(self.spec.snippet), under),
            layer_snippet=on_framework(str(self.spec.layer_snippet), under),
        )


class OpsConv(Configured):
    """``keras.ops.conv`` on NHWC arrays."""

    spec = replace(
        _SPEC,
        name="keras.ops.conv",
        call="keras.ops.conv(img[None, :, :, None], k[:, :, None, None], padding=padding, "
        "data_format='channels_last')",
        snippet=keras_snippets.OPERATION,
        layer_snippet=keras_snippets.OPERATION_ON_LAYER,
    )
    integers: ClassVar = {"tensorflow": ("int32",), "torch": INTEGERS, "jax": INTEGERS}
    refuses: ClassVar = {
        "tensorflow": (_STRIDE_AND_DILATION, *CHANNELS_FIRST),
        "torch": DILATED_INTEGERS,
    }

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
        """Call it."""
        word = require_supported(self.spec.paddings, padding, _WHY)
        order = _ORDERS[self._layout]
        out = self._call(
            *operands_to_framework(img, k, (order, "HWIO")), word, stride, dilation, groups
        )
        return result_from_framework(self._keras.ops.convert_to_numpy(out), order, img.ndim)

    def _call(
        self, img: Any, k: Any, padding: str, stride: Step, dilation: Step, groups: int
    ) -> Any:
        require_implied_groups(groups, img, k, _ORDERS[self._layout])
        return self._keras.ops.conv(img, k, stride, padding, self._layout, dilation)


class LayersConv2D(OpsConv):
    """``keras.layers.Conv2D`` with its weights set; the layer's dtype is the image's."""

    spec = replace(
        _SPEC,
        name="keras.layers.Conv2D",
        call="layer = keras.layers.Conv2D(1, k.shape, padding=padding, use_bias=False, "
        "data_format='channels_last', dtype=img.dtype.name); layer.build((1, *img.shape, 1)); "
        "layer.set_weights([k[:, :, None, None]]); layer(img[None, :, :, None])",
        snippet=keras_snippets.LAYER,
        layer_snippet=keras_snippets.LAYER_ON_LAYER,
        refuses=(_STRIDE_AND_DILATION,),
    )
    older = "conv2d_conformance.backends.adapters.keras2:LayersConv2D"
    integers: ClassVar = {}
    refuses: ClassVar = {"tensorflow": CHANNELS_FIRST}

    def _call(
        self, img: Any, k: Any, padding: str, stride: Step, dilation: Step, groups: int
    ) -> Any:
        layer = self._keras.layers.Conv2D(
            k.shape[3],
            k.shape[:2],
            stride,
            padding,
            self._layout,
            dilation,
            groups,
            use_bias=False,
            dtype=img.dtype.name,
        )
        layer.build(img.shape)
        layer.set_weights([k])
        return layer(img)
