"""PyTorch's transposed convolution: the functional call and the layer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends import precision
from conv2d_conformance.backends.adapters.snippets import torch_snippets
from conv2d_conformance.backends.layout import (
    TRANSPOSED,
    from_torch,
    operands_to_framework,
    result_from_framework,
    to_torch,
)
from conv2d_conformance.backends.padding import require_supported
from conv2d_conformance.backends.protocol import FLOATS, Spec, Unsupported

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Padding, Pads, Pair, Step

_WHY = "PyTorch crops a transposed convolution by numbers only; crop a 'valid' one to the size"
_FUNCTION = """\
more = output_padding or 0
y = torch.nn.functional.conv_transpose2d(x, w, None, stride, crops, more, groups, dilation)"""
_LAYER = """\
layer = torch.nn.ConvTranspose2d(
    img.shape[1], k.shape[1] * groups, k.shape[2:], stride, crops, output_padding or 0, groups,
    bias=False, dilation=dilation
)
layer.weight = torch.nn.Parameter(w, requires_grad=False)
y = layer(x)"""
_ALIKE = "PyTorch crops both sides of an axis alike; slice a 'valid' result"


class FunctionalConvTranspose2d:
    """``torch.nn.functional.conv_transpose2d``, which takes the contract's layout."""

    spec = Spec(
        name="torch.nn.functional.conv_transpose2d",
        call="torch.nn.functional.conv_transpose2d"
        "(img, k, None, stride, crops, output_padding or 0, groups, dilation)",
        distributions=("torch",),
        paddings=("valid",),
        dtypes=(*FLOATS, "bfloat16", "int64"),
        layer_snippet=torch_snippets.transposed(_FUNCTION),
        options=("batch", "stride", "dilation", "groups", "explicit", "output_padding"),
        layouts=("NCHW",),
        operation="conv_transpose2d",
        reads="adjoint",
        ends="kernel",
        output_padding="after",
    )

    def __init__(self) -> None:
        self._torch = precision.pin_torch()

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
        """Call it; its ``padding`` is what it crops on both sides of an axis."""
        crops = self._crops(padding)
        more = 0 if output_padding is None else output_padding
        views = operands_to_framework(img, k, ("NCHW", "IOHW"), TRANSPOSED)
        x, w = (to_torch(self._torch, view) for view in views)
        out = self._call(x, w, stride, crops, more, groups, dilation)
        return result_from_framework(from_torch(self._torch, out), "NCHW", img.ndim)

    def _crops(self, padding: Padding | Pads) -> Pair:
        if not isinstance(padding, tuple):
            require_supported(self.spec.paddings, padding, _WHY)
            return 0, 0
        (top, bottom), (left, right) = padding
        if (top, left) != (bottom, right):
            raise Unsupported(_ALIKE)
        return top, left

    def _call(
        self, img: Any, k: Any, stride: Step, crops: Pair, more: Step, groups: int, dilation: Step
    ) -> Any:
        return self._torch.nn.functional.conv_transpose2d(
            img, k, None, stride, crops, more, groups, dilation
        )


class ConvTranspose2d(FunctionalConvTranspose2d):
    """``torch.nn.ConvTranspose2d`` whose weight is the kernel itself."""

    spec = replace(
        FunctionalConvTranspose2d.spec,
        name="torch.nn.ConvTranspose2d",
        call="torch.nn.ConvTranspose2d(k.shape[0], k.shape[1] * groups, k.shape[2:], stride, "
        "crops, output_padding or 0, groups, False, dilation)(img)",
        layer_snippet=torch_snippets.transposed(_LAYER),
    )

    def _call(
        self, img: Any, k: Any, stride: Step, crops: Pair, more: Step, groups: int, dilation: Step
    ) -> Any:
        nn, (channels, each, *size) = self._torch.nn, k.shape
        layer = nn.ConvTranspose2d(
            channels,
            each * groups,
            size,
            stride,
            crops,
            more,
            groups,
            bias=False,
            dilation=dilation,
        )
        layer.weight = nn.Parameter(k, requires_grad=False)
        return layer(img)
