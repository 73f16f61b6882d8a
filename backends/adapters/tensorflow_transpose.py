"""``tensorflow.nn.conv2d_transpose``, which takes the size of its output as an argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.backends import precision
from conv2d_conformance.backends.adapters.snippets import tensorflow_snippets
from conv2d_conformance.backends.adapters.tensorflow_nn import PLAINER
from conv2d_conformance.backends.adapters.tensorflow_versions import spec_for_version
from conv2d_conformance.backends.layout import (
    TRANSPOSED,
    operands_to_framework,
    result_from_framework,
)
from conv2d_conformance.backends.padding import require_no_groups, require_supported, to_pair
from conv2d_conformance.backends.protocol import FLOATS, Spec, Unsupported

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Padding, Pads, Step

_WHY = "tf.nn.conv2d_transpose has 'VALID' and 'SAME'; for 'full' crop a 'valid' one"
_MORE = "tf.nn.conv2d_transpose has no output_padding; it is told the size of its output"


class Conv2dTranspose:
    """``tensorflow.nn.conv2d_transpose`` on NHWC tensors, eagerly."""

    spec = Spec(
        name="tensorflow.nn.conv2d_transpose",
        call="tf.nn.conv2d_transpose(img_nhwc, k_hwoi, shape, stride, padding.upper(), 'NHWC', "
        "dilation)",
        distributions=("tensorflow",),
        paddings=("valid", "same"),
        dtypes=(*FLOATS, "bfloat16", "int32"),
        anchor="upper",
        layer_snippet=tensorflow_snippets.transposed(),
        options=("batch", "stride", "dilation", "groups"),
        refuses=tuple((word, dtype) for dtype in PLAINER for word in ("dilation", "groups")),
        layouts=("NHWC",),
        operation="conv_transpose2d",
        reads="adjoint",
        ends="stride",
    )

    def __init__(self) -> None:
        self._tf = precision.pin_tensorflow()
        self.spec = spec_for_version(self._tf, self.spec)

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
        """Call it for the size that Keras derives; several output sizes fit one image."""
        if output_padding is not None:
            raise Unsupported(_MORE)
        require_no_groups(groups, self.spec)
        word = require_supported(self.spec.paddings, padding, _WHY)
        views = operands_to_framework(img, k, ("NHWC", "HWOI"), TRANSPOSED)
        (n, *image, _), (*kernel, each, _) = (view.shape for view in views)
        x, w = (self._tf.convert_to_tensor(view) for view in views)
        extents = zip(image, kernel, to_pair(stride), to_pair(dilation))
        shape = n, *(output_extent(*axis, word) for axis in extents), each * groups
        out = self._tf.nn.conv2d_transpose(
            x, w, shape, stride, word.upper(), "NHWC", dilations=dilation
        )
        return result_from_framework(out.numpy(), "NHWC", img.ndim)


def output_extent(image: int, kernel: int, stride: int, dilation: int, padding: str) -> int:
    """Return the size that Keras requests along an axis: at least a stride for every pixel."""
    if padding == "same":
        return image * stride
    return image * stride + max(dilation * (kernel - 1) + 1 - stride, 0)
