"""``tensorflow.nn.conv2d``, run eagerly and traced by ``tf.function``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends import precision
from conv2d_conformance.backends.adapters.snippets import tensorflow_snippets
from conv2d_conformance.backends.adapters.tensorflow_versions import spec_for_version
from conv2d_conformance.backends.layout import (
    choose_layout,
    gradients_from_framework,
    image_to_framework,
    operands_to_framework,
    result_from_framework,
)
from conv2d_conformance.backends.padding import require_implied_groups, require_no_groups, to_pixels
from conv2d_conformance.backends.protocol import FLOATS, Spec, Unsupported

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Padding, Pads, Step

_TRACED = "tf.function(tf.nn.conv2d)"
_WORDS: dict[Any, str] = {"valid": "VALID", "same": "SAME"}
# On the CPU. The other two dtypes go to oneDNN, whose gradients lack explicit padding too.
PLAINER = ("float16", "float64", "int32")
_REFUSES = (
    *(("NCHW", dtype) for dtype in PLAINER),
    *(("gradients", word, dtype) for dtype in PLAINER for word in ("dilation", "groups")),
    *(
        ("gradients", word, padding)
        for padding in ("explicit", "full")
        for word in ("dilation", "groups", "NCHW")
    ),
)


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
        snippet=tensorflow_snippets.planes("tf.nn.conv2d"),
        layer_snippet=tensorflow_snippets.layers("tf.nn.conv2d"),
        gradient_snippet=tensorflow_snippets.gradients("tf.nn.conv2d"),
        options=("batch", "stride", "dilation", "groups", "explicit"),
        refuses=_REFUSES,
        layouts=("NHWC", "NCHW"),
        differentiates=True,
        fuses=True,
        strided_same="output",
    )

    def __init__(self, layout: str | None = None) -> None:
        self._tf = precision.pin_tensorflow()
        self.spec = spec_for_version(self._tf, self.spec)
        self._layout = choose_layout(self.spec.layouts, layout)
        self._orders = self._layout, "HWIO"

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
        """Call it; ``full`` is its explicit padding, and the channels imply the groups."""
        x, w = self._tensors(img, k, groups)
        out = self._call(x, w, stride, self._pads(padding, k, dilation), dilation)
        return result_from_framework(out.numpy(), self._layout, img.ndim)

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
        """Record the call on a tape, and get the gradients from the tape."""
        x, w = self._tensors(img, k, groups)
        if not x.dtype.is_floating:
            msg = f"tf.GradientTape gives no gradient for {x.dtype.name}; take floats"
            raise Unsupported(msg)
        with self._tf.GradientTape() as tape:
            tape.watch((x, w))
            out = self._call(x, w, stride, self._pads(padding, k, dilation), dilation)
        wrt_img, wrt_k = tape.gradient(out, (x, w), image_to_framework(cotangent, self._layout))
        return gradients_from_framework(wrt_img.numpy(), wrt_k.numpy(), self._orders, img.ndim)

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
        """Call it, then ``tf.nn.bias_add``, add, and ``tf.nn.relu``."""
        x, w = self._tensors(img, k, groups)
        b, z = (
            self._tf.constant(view) for view in (bias, image_to_framework(addend, self._layout))
        )
        pads = self._pads(padding, k, dilation)
        out = self._rectified(x, w, b, z, stride, pads, dilation)
        return result_from_framework(out.numpy(), self._layout, img.ndim)

    def _rectified(self, x: Any, w: Any, bias: Any, addend: Any, *options: Any) -> Any:
        nn = self._tf.nn
        out = nn.bias_add(Conv2d._call(self, x, w, *options), bias, self._layout)
        return nn.relu(out + addend)

    def _tensors(self, img: Array, k: Array, groups: int) -> Any:
        require_no_groups(groups, self.spec)
        # TensorFlow would cast a NumPy kernel of another dtype to the image's; a tensor is refused.
        views = operands_to_framework(img, k, self._orders)
        require_implied_groups(groups, *views, self._layout)
        return tuple(self._tf.convert_to_tensor(view) for view in views)

    def _pads(self, padding: Padding | Pads, k: Array, dilation: Step) -> Any:
        if padding in _WORDS:
            return _WORDS[padding]
        pads = dict(zip("HW", to_pixels(padding, k, dilation)))
        return [pads.get(axis, (0, 0)) for axis in self._layout]

    def _call(self, img: Any, k: Any, stride: Any, pads: Any, dilation: Any) -> Any:
        return self._tf.nn.conv2d(
            img, k, stride, pads, data_format=self._layout, dilations=dilation
        )


class _OfConstants(Conv2d):
    """Traced for the image alone where something follows: kernel, bias, addend are constants."""

    def _rectified(self, x: Any, w: Any, bias: Any, addend: Any, *options: Any) -> Any:
        rectified, arrays = super()._rectified, [tensor.numpy() for tensor in (w, bias, addend)]
        # A tensor of the outside would become an input of the graph.
        traced = self._tf.function(
            lambda img: rectified(img, *map(self._tf.constant, arrays), *options)
        )
        return traced(x)


class Conv2dFunction(Conv2d):
    """The same under ``tf.function``, which traces each new shape, dtype and padding."""

    spec = replace(
        Conv2d.spec,
        name="tensorflow.nn.conv2d-function",
        call="tf.function(tf.nn.conv2d)"
        "(img[None, :, :, None], k[:, :, None, None], 1, padding.upper())",
        compiles=True,
        snippet=tensorflow_snippets.planes(_TRACED),
        layer_snippet=tensorflow_snippets.layers(_TRACED),
        gradient_snippet=tensorflow_snippets.gradients(_TRACED),
        fuses_constants=True,
    )

    def __init__(self, layout: str | None = None) -> None:
        super().__init__(layout)
        self._function = self._tf.function(super()._call)
        self._rectified_function = self._tf.function(super()._rectified)

    def fused_constants(self, *operands: Any, **options: Any) -> Array:
        """Do as ``fused``, traced for the image alone."""
        return _OfConstants(self._layout).fused(*operands, **options)

    def _rectified(self, *args: Any) -> Any:
        return self._rectified_function(*args)

    def _call(self, img: Any, k: Any, stride: Any, pads: Any, dilation: Any) -> Any:
        return self._function(img, k, stride, pads, dilation)
