"""``tensorflow.nn.conv2d``, run eagerly and traced by ``tf.function``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from backends import layout, precision
from backends.padding import full, known
from backends.protocol import FLOATS, Spec

if TYPE_CHECKING:
    from backends.protocol import Array, Padding

_WORDS = {"valid": "VALID", "same": "SAME"}
_SNIPPET = """\
import tensorflow as tf
tf.config.experimental.enable_tensor_float_32_execution(False)
full = [(0, 0), (k.shape[0] - 1, k.shape[0] - 1), (k.shape[1] - 1, k.shape[1] - 1), (0, 0)]
pads = full if padding == "full" else padding.upper()
x, w = tf.constant(img[None, :, :, None]), tf.constant(k[:, :, None, None])
y = {call}(x, w, 1, pads).numpy()[0, :, :, 0]
"""


class Conv2d:
    """``tensorflow.nn.conv2d`` on NHWC tensors, eagerly."""

    spec = Spec(
        name="tensorflow.nn.conv2d",
        call="tf.nn.conv2d(img[None, :, :, None], k[:, :, None, None], 1, padding.upper())",
        distributions=("tensorflow",),
        dtypes=(*FLOATS, "bfloat16", "int32"),
        orientation="correlation",
        anchor="upper",
        boundary="zeros",
        larger_kernel="raises",
        snippet=_SNIPPET.format(call="tf.nn.conv2d"),
    )

    def __init__(self) -> None:
        self._tf = precision.pin_tensorflow()

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Call it; ``full`` is its explicit padding."""
        pads = _WORDS.get(known(padding)) or [(0, 0), *full(k), (0, 0)]
        # A NumPy kernel of another dtype would be cast to the image's, a tensor is refused.
        image = self._tf.convert_to_tensor(layout.image_nhwc(img))
        kernel = self._tf.convert_to_tensor(layout.kernel_hwio(k))
        out = self._call(image, kernel, pads)
        return layout.plane_nhwc(out.numpy())  # type: ignore[no-any-return]

    def _call(self, img: Any, k: Any, pads: Any) -> Any:
        return self._tf.nn.conv2d(img, k, strides=1, padding=pads)


class Conv2dFunction(Conv2d):
    """The same under ``tf.function``, which traces each new shape, dtype and padding."""

    spec = replace(
        Conv2d.spec,
        name="tensorflow.nn.conv2d-function",
        call="tf.function(tf.nn.conv2d)"
        "(img[None, :, :, None], k[:, :, None, None], 1, padding.upper())",
        compiles=True,
        snippet=_SNIPPET.format(call="tf.function(tf.nn.conv2d)"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._function = self._tf.function(super()._call)

    def _call(self, img: Any, k: Any, pads: Any) -> Any:
        return self._function(img, k, pads)
