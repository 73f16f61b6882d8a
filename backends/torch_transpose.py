"""PyTorch's transposed convolution: the functional call and the layer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from backends import precision
from backends.layout import TRANSPOSED, from_torch, operands, result, to_torch
from backends.padding import only
from backends.protocol import FLOATS, Spec

if TYPE_CHECKING:
    from backends.protocol import Array, Padding, Step

_WHY = "PyTorch crops a transposed convolution by numbers only; crop a 'valid' one to the size"


class FunctionalConvTranspose2d:
    """``torch.nn.functional.conv_transpose2d``, which takes the contract's layout."""

    spec = Spec(
        name="torch.nn.functional.conv_transpose2d",
        call="torch.nn.functional.conv_transpose2d"
        "(img, k, stride=stride, dilation=dilation, groups=groups)",
        distributions=("torch",),
        paddings=("valid",),
        dtypes=(*FLOATS, "bfloat16", "int64"),
        options=("batch", "stride", "dilation", "groups"),
        layouts=("NCHW",),
        operation="conv_transpose2d",
        reads="adjoint",
        ends="kernel",
    )

    def __init__(self) -> None:
        self._torch = precision.pin_torch()

    def conv_transpose2d(
        self,
        img: Array,
        k: Array,
        padding: Padding,
        *,
        stride: Step = 1,
        dilation: Step = 1,
        groups: int = 1,
    ) -> Array:
        """Call it."""
        only(self.spec.paddings, padding, _WHY)
        views = operands(img, k, ("NCHW", "IOHW"), TRANSPOSED)
        x, w = (to_torch(self._torch, view) for view in views)
        out = self._call(x, w, stride, dilation, groups)
        return result(from_torch(self._torch, out), "NCHW", img.ndim)

    def _call(self, img: Any, k: Any, stride: Step, dilation: Step, groups: int) -> Any:
        return self._torch.nn.functional.conv_transpose2d(
            img, k, stride=stride, dilation=dilation, groups=groups
        )


class ConvTranspose2d(FunctionalConvTranspose2d):
    """``torch.nn.ConvTranspose2d`` whose weight is the kernel itself."""

    spec = replace(
        FunctionalConvTranspose2d.spec,
        name="torch.nn.ConvTranspose2d",
        call="torch.nn.ConvTranspose2d(k.shape[0], k.shape[1] * groups, k.shape[2:], stride, "
        "groups=groups, bias=False, dilation=dilation)(img)",
    )

    def _call(self, img: Any, k: Any, stride: Step, dilation: Step, groups: int) -> Any:
        nn, (channels, each, *size) = self._torch.nn, k.shape
        layer = nn.ConvTranspose2d(
            channels,
            each * groups,
            size,
            stride,
            groups=groups,
            bias=False,
            dilation=dilation,
        )
        layer.weight = nn.Parameter(k, requires_grad=False)
        return layer(img)
