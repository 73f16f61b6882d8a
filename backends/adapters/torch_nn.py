"""PyTorch: the functional call, the layer, and the functional call compiled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends import precision
from conv2d_conformance.backends.adapters.snippets import torch_snippets
from conv2d_conformance.backends.layout import (
    choose_layout,
    from_torch,
    gradients_from_framework,
    image_to_framework,
    operands_to_framework,
    result_from_framework,
    to_torch,
)
from conv2d_conformance.backends.padding import require_symmetric, to_pixels
from conv2d_conformance.backends.protocol import FLOATS, INTEGERS, Spec, Unavailable, Unsupported

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Padding, Pads, Step

# Of the integer dtypes, a dilated kernel takes only int64.
DILATED_INTEGERS = tuple(("dilation", dtype) for dtype in INTEGERS if dtype != "int64")
_FUNCTION = "y = torch.nn.functional.conv2d(x, w, padding={pads})"
_FUNCTION_OF_LAYER = "y = torch.nn.functional.conv2d(x, w, None, stride, pads, dilation, groups)"
_LAYER = """\
layer = torch.nn.Conv2d(1, 1, k.shape, padding={pads}, bias=False)
layer.weight = torch.nn.Parameter(w, requires_grad=False)
y = layer(x)"""
_LAYER_OF_LAYER = """\
channels = img.shape[1], k.shape[0]
layer = torch.nn.Conv2d(*channels, k.shape[2:], stride, pads, dilation, groups, bias=False)
layer.weight = w if w.requires_grad else torch.nn.Parameter(w, requires_grad=False)
y = layer(x)"""
_COMPILE = "call = torch.compile(torch.nn.functional.conv2d, fullgraph=True, dynamic=False)\n"
_COMPILED = _COMPILE + "y = call(x, w, padding={pads})"
_COMPILED_OF_LAYER = _COMPILE + "y = call(x, w, None, stride, pads, dilation, groups)"


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
        snippet=torch_snippets.planes(_FUNCTION),
        layer_snippet=torch_snippets.layers(_FUNCTION_OF_LAYER),
        gradient_snippet=torch_snippets.gradients(_FUNCTION_OF_LAYER),
        options=("batch", "stride", "dilation", "groups", "explicit"),
        refuses=(("same", "stride"), *DILATED_INTEGERS),
        layouts=("NCHW", "channels_last", "strided-weights"),
        differentiates=True,
        fuses=True,
    )

    def __init__(self, layout: str | None = None) -> None:
        self._torch = precision.pin_torch()
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
        """Call it."""
        x, w = self._tensors(img, k)
        out = self._call(x, w, stride, _pads(padding, k, dilation), dilation, groups)
        return result_from_framework(from_torch(self._torch, out), "NCHW", img.ndim)

    def gradients(
        self,
        img: Array,
        k: Array,
        padding: Padding | Pads,
        cotangent: Array,
        *,
        stride: Step = 1,
        dilation: Step = 1,
        groups: int = 1,
    ) -> tuple[Array, Array]:
        """Call it on parameters, and differentiate with ``torch.autograd.grad``."""
        x, w = (self._torch.nn.Parameter(tensor) for tensor in self._tensors(img, k))
        out = self._call(x, w, stride, _pads(padding, k, dilation), dilation, groups)
        seed = to_torch(self._torch, image_to_framework(cotangent))
        found = self._torch.autograd.grad(out, (x, w), seed)
        wrt_img, wrt_k = (from_torch(self._torch, tensor) for tensor in found)
        return gradients_from_framework(wrt_img, wrt_k, ("NCHW", "OIHW"), img.ndim)

    def fused(
        self,
        img: Array,
        k: Array,
        padding: Padding | Pads,
        bias: Array,
        addend: Array,
        *,
        stride: Step = 1,
        dilation: Step = 1,
        groups: int = 1,
    ) -> Array:
        """Call it with its bias, add, and rectify."""
        x, w = self._tensors(img, k)
        b, z = (to_torch(self._torch, view) for view in (bias, image_to_framework(addend)))
        pads = _pads(padding, k, dilation)
        out = self._rectified(x, w, b, z, stride, pads, dilation, groups)
        return result_from_framework(from_torch(self._torch, out), "NCHW", img.ndim)

    def _rectified(self, x: Any, w: Any, bias: Any, addend: Any, *options: Any) -> Any:
        functional = self._torch.nn.functional
        return functional.relu(functional.conv2d(x, w, bias, *options) + addend)

    def _tensors(self, img: Array, k: Array) -> Any:
        x, w = (to_torch(self._torch, view) for view in operands_to_framework(img, k))
        if self._layout == "channels_last":
            return tuple(t.to(memory_format=self._torch.channels_last) for t in (x, w))
        if self._layout == "strided-weights":
            # The memory layout of weights that were permuted from (Kh, Kw, I, O).
            w = w.permute(2, 3, 1, 0).contiguous().permute(3, 2, 0, 1)
        return x, w

    def _call(self, img: Any, k: Any, stride: Any, pads: Any, dilation: Any, groups: int) -> Any:
        return self._torch.nn.functional.conv2d(img, k, None, stride, pads, dilation, groups)


def _pads(padding: Padding | Pads, k: Array, dilation: Step) -> Any:
    if padding == "full" or isinstance(padding, tuple):
        return require_symmetric(to_pixels(padding, k, dilation), "torch.nn.functional.pad")
    return padding


class Conv2d(FunctionalConv2d):
    """``torch.nn.Conv2d`` whose weight is the kernel itself, not a copy that would be cast."""

    spec = replace(
        FunctionalConv2d.spec,
        name="torch.nn.Conv2d",
        call="torch.nn.Conv2d(1, 1, k.shape, padding=padding, bias=False)(img[None, None])",
        snippet=torch_snippets.planes(_LAYER),
        layer_snippet=torch_snippets.layers(_LAYER_OF_LAYER),
        gradient_snippet=torch_snippets.gradients(_LAYER_OF_LAYER),
        fuses=False,
    )

    def _call(self, img: Any, k: Any, stride: Any, pads: Any, dilation: Any, groups: int) -> Any:
        nn, (filters, _, *size) = self._torch.nn, k.shape
        layer = nn.Conv2d(img.shape[1], filters, size, stride, pads, dilation, groups, bias=False)
        layer.weight = k if k.requires_grad else nn.Parameter(k, requires_grad=False)
        return layer(img)


class FunctionalConv2dCompile(FunctionalConv2d):
    """The functional call under ``torch.compile``, specialised to each new shape."""

    spec = replace(
        FunctionalConv2d.spec,
        name="torch.nn.functional.conv2d-compile",
        call="torch.compile(torch.nn.functional.conv2d, fullgraph=True, dynamic=False)"
        "(img[None, None], k[None, None], padding=padding)",
        compiles=True,
        snippet=torch_snippets.planes(_COMPILED),
        layer_snippet=torch_snippets.layers(_COMPILED_OF_LAYER),
        gradient_snippet=torch_snippets.gradients(_COMPILED_OF_LAYER),
    )

    def __init__(self, layout: str | None = None) -> None:
        super().__init__(layout)
        if not hasattr(self._torch, "compiler"):
            msg = "torch.compile needs PyTorch 2.1 or later; install torch>=2.1"
            raise Unavailable(msg)
        self._compiled, self._compiled_rectified = (
            self._torch.compile(function, fullgraph=True, dynamic=False)
            for function in (super()._call, super()._rectified)
        )
        self._last: tuple[Any, ...] = ()

    def _call(self, img: Any, k: Any, *options: Any) -> Any:
        return self._run(self._compiled, img, k, *options)

    def _rectified(self, x: Any, w: Any, *added: Any) -> Any:
        return self._run(self._compiled_rectified, x, w, *added)

    def _run(self, compiled: Any, x: Any, w: Any, *others: Any) -> Any:
        shapes = (getattr(other, "shape", other) for other in others)
        self._forget_other_than(compiled, x.shape, x.dtype, w.shape, w.dtype, *shapes)
        try:
            return compiled(x, w, *others)
        except RuntimeError as error:
            if type(getattr(error, "inner_exception", None)).__name__ != "InvalidCxxCompiler":
                raise
            why = "torch.compile has to compile C++ for this and finds no compiler; install g++"
            raise Unsupported(why) from error

    def _forget_other_than(self, *key: Any) -> None:
        # Dynamo caches eight shapes of a function. Beyond, it refuses (or, without ``fullgraph``,
        # silently runs eagerly), so every new shape starts from an empty cache.
        if key != self._last:
            self._torch.compiler.reset()
            self._last = key
