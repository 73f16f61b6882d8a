"""PyTorch: the functional call, the layer, and the functional call compiled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from backends import layout, precision
from backends.protocol import FLOATS, INTEGERS, Spec, Unavailable, Unsupported

if TYPE_CHECKING:
    from backends.protocol import Array, Padding

_SNIPPET = """\
import torch

def tensor(a):
    if a.dtype.name == "bfloat16":  # which PyTorch knows by its own name only
        return torch.from_numpy(a.view("int16")).view(torch.bfloat16)
    return torch.from_numpy(a)

pads = (k.shape[0] - 1, k.shape[1] - 1) if padding == "full" else padding
x, w = tensor(img)[None, None], tensor(k)[None, None]
{call}
y = y.view(torch.int16).numpy().view(img.dtype) if y.dtype is torch.bfloat16 else y.numpy()
y = y[0, 0]
"""
_LAYER = """\
layer = torch.nn.Conv2d(1, 1, k.shape, padding=pads, bias=False)
layer.weight = torch.nn.Parameter(w, requires_grad=False)
y = layer(x)"""
_COMPILED = """\
call = torch.compile(torch.nn.functional.conv2d, fullgraph=True, dynamic=False)
y = call(x, w, padding=pads)"""


class FunctionalConv2d:
    """``torch.nn.functional.conv2d``; ``full`` is its padding by (Kh - 1, Kw - 1)."""

    spec = Spec(
        name="torch.nn.functional.conv2d",
        call="torch.nn.functional.conv2d(img[None, None], k[None, None], padding=padding)",
        distributions=("torch",),
        dtypes=(*FLOATS, "bfloat16", *INTEGERS),
        orientation="correlation",
        anchor="upper",
        boundary="zeros",
        larger_kernel="raises",
        snippet=_SNIPPET.format(call="y = torch.nn.functional.conv2d(x, w, padding=pads)"),
    )

    def __init__(self) -> None:
        self._torch = precision.pin_torch()

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Call it."""
        image = layout.to_torch(self._torch, layout.image_nchw(img))
        kernel = layout.to_torch(self._torch, layout.kernel_oihw(k))
        pads = (k.shape[0] - 1, k.shape[1] - 1) if padding == "full" else padding
        out = self._call(image, kernel, pads)
        return layout.plane_nchw(layout.from_torch(self._torch, out))  # type: ignore[no-any-return]

    def _call(self, img: Any, k: Any, pads: Any) -> Any:
        return self._torch.nn.functional.conv2d(img, k, padding=pads)


class Conv2d(FunctionalConv2d):
    """``torch.nn.Conv2d`` whose weight is the kernel itself, not a copy that would be cast."""

    spec = replace(
        FunctionalConv2d.spec,
        name="torch.nn.Conv2d",
        call="torch.nn.Conv2d(1, 1, k.shape, padding=padding, bias=False)(img[None, None])",
        snippet=_SNIPPET.format(call=_LAYER),
    )

    def _call(self, img: Any, k: Any, pads: Any) -> Any:
        nn = self._torch.nn
        layer = nn.Conv2d(1, 1, tuple(k.shape[2:]), padding=pads, bias=False)
        layer.weight = nn.Parameter(k, requires_grad=False)
        return layer(img)


class FunctionalConv2dCompile(FunctionalConv2d):
    """The functional call under ``torch.compile``, specialised to each new shape."""

    spec = replace(
        FunctionalConv2d.spec,
        name="torch.nn.functional.conv2d-compile",
        call="torch.compile(torch.nn.functional.conv2d, fullgraph=True, dynamic=False)"
        "(img[None, None], k[None, None], padding=padding)",
        compiles=True,
        snippet=_SNIPPET.format(call=_COMPILED),
    )

    def __init__(self) -> None:
        super().__init__()
        if not hasattr(self._torch, "compiler"):
            msg = "torch.compile needs PyTorch 2.1 or later; install torch>=2.1"
            raise Unavailable(msg)
        self._compiled = self._torch.compile(super()._call, fullgraph=True, dynamic=False)
        self._last: tuple[Any, ...] = ()

    def _call(self, img: Any, k: Any, pads: Any) -> Any:
        self._forget_other_than(img.shape, img.dtype, k.shape, k.dtype, pads)
        try:
            return self._compiled(img, k, pads)
        except RuntimeError as error:
            if type(getattr(error, "inner_exception", None)).__name__ != "InvalidCxxCompiler":
                raise
            why = "torch.compile has to compile C++ for this and finds no compiler; install g++"
            raise Unsupported(why) from error

    def _forget_other_than(self, *key: Any) -> None:
        # Dynamo keeps eight shapes of one function. Beyond, it refuses (or, without ``fullgraph``,
        # runs eagerly and says nothing), so every new shape starts from an empty cache.
        if key != self._last:
            self._torch.compiler.reset()
            self._last = key
