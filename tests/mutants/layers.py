"""A plain NumPy layer that is right, with every option and its gradients.

Each part that a mutant may replace is a method of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from conv2d_conformance.backends.protocol import FLOATS, PLAIN_OPTIONS, Spec
from tests.mutants.given import LayerRequest, four, halved, padded, pair, require

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Padding, Step
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.definition.padding import Pads, Pair


NONE = ((0, 0), (0, 0))


class Layer:
    """The right one: correlation, zeros outside, ``same`` by TensorFlow's rule."""

    layouts: ClassVar[tuple[str, ...]] = ("NCHW", "NHWC", "strided-weights")
    spec = Spec(
        name="mutant",
        call="conv2d(img, k, padding)",
        dtypes=FLOATS,
        orientation="correlation",
        anchor="upper",
        boundary="zeros",
        larger_kernel="raises",
        options=PLAIN_OPTIONS,
        layouts=layouts,
        differentiates=True,
        fuses=True,
        fuses_constants=True,
        strided_same="output",
    )

    def __init__(self, layout: str = "NCHW") -> None:
        self.layout = layout

    def conv2d(self, img: Array, k: Array, padding: Padding | Pads, **options: Any) -> Array:
        given = self.given(img, k, padding, **options)
        out = self.compute(given)
        return out if img.ndim == 4 else out[0, 0]

    def gradients(
        self, img: Array, k: Array, padding: Padding | Pads, cotangent: Array, **options: Any
    ) -> tuple[Array, Array]:
        given = self.given(img, k, padding, **options)
        by_img, by_k = self.by_image(given, four(cotangent)), self.by_kernel(given, four(cotangent))
        return by_img.reshape(img.shape), by_k.reshape(k.shape)

    def fused(
        self,
        img: Array,
        k: Array,
        padding: Padding | Pads,
        bias: Array,
        addend: Array,
        **options: Any,
    ) -> Array:
        followed = self.conv2d(img, k, padding, **options) + bias[:, None, None] + addend
        rectified: Array = np.maximum(followed, 0)
        return rectified

    def fused_constants(self, *operands: Any, **options: Any) -> Array:
        return self.fused(*operands, **options)

    def given(
        self,
        img: Array,
        k: Array,
        padding: Padding | Pads,
        *,
        stride: Step = 1,
        dilation: Step = 1,
        groups: int = 1,
    ) -> LayerRequest:
        """The operands in four axes and the options as pairs."""
        require(img, k, groups)
        made = LayerRequest(four(img), four(k), NONE, pair(stride), pair(dilation), groups)
        if not isinstance(padding, str):
            return replace(made, pads=padding)
        named = replace(made, padding=padding)
        return replace(named, pads=self.pads(named))

    def pads(self, given: LayerRequest) -> Pads:
        """What a padding by name comes to."""
        rows, columns = (self.along(given, axis) for axis in (0, 1))
        return rows, columns

    def along(self, given: LayerRequest, axis: int) -> Pair:
        """The pads of one axis."""
        n, s = given.img.shape[2 + axis], given.stride[axis]
        reach = given.dilation[axis] * (given.k.shape[2 + axis] - 1)
        if given.padding == "valid" and reach >= n:
            msg = "the kernel exceeds the image"
            raise ValueError(msg)
        if given.padding == "same":
            return halved(max((-(-n // s) - 1) * s + reach + 1 - n, 0))
        return {"valid": (0, 0), "full": (reach, reach)}[given.padding]

    def compute(self, given: LayerRequest) -> Array:
        """(N, O, Oh, Ow), tap by tap."""
        out = self.room(given)
        out[...] = 0
        image = padded(given.img, given.pads)
        for channels, outputs in given.blocks():
            for a, b, (rows, columns) in given.taps():
                seen, tap = image[:, channels, rows, columns], given.k[outputs, :, a, b]
                out[:, outputs] += np.einsum("ncij,oc->noij", seen, tap)
        return out

    def room(self, given: LayerRequest) -> Array:
        """Memory for the result."""
        return np.empty(given.shape, given.img.dtype)

    def by_image(self, given: LayerRequest, cotangent: Array) -> Array:
        """The adjoint: each output paints the pixels that it saw."""
        image = padded(given.img, given.pads)
        wide = np.zeros_like(image)
        for channels, outputs in given.blocks():
            for a, b, (rows, columns) in given.taps():
                painted = np.einsum(
                    "noij,oc->ncij", cotangent[:, outputs], given.k[outputs, :, a, b]
                )
                wide[:, channels, rows, columns] += painted
        mirrored = tuple((-one, -other) for one, other in given.pads)
        return padded(wide, (mirrored[0], mirrored[1]))

    def by_kernel(self, given: LayerRequest, cotangent: Array) -> Array:
        """Each tap sums what it saw, weighted."""
        image, out = padded(given.img, given.pads), np.zeros_like(given.k)
        for channels, outputs in given.blocks():
            for a, b, (rows, columns) in given.taps():
                seen = image[:, channels, rows, columns]
                out[outputs, :, a, b] = np.einsum("noij,ncij->oc", cotangent[:, outputs], seen)
        return out
