"""Faults of a layer's adapter: memory, pads by name, gradients, layouts, and what is declared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.mutants.given import LayerRequest, halved
from tests.mutants.layer_slips import dealt, several, transposed_kernel
from tests.mutants.layers import Layer

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.backends.protocol import Step
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.definition.padding import Pair

NOTHING = np.s_[:0]


def unwritten(part: Callable[[LayerRequest], Any]) -> type[Layer]:
    """All of the result is written but the part of that index."""

    class Unwritten(Layer):
        def compute(self, given: LayerRequest) -> Array:
            # Before the sums are made: memory that they free would hold the same numbers.
            out = self.room(given)
            written = np.ones(out.shape, bool)
            written[part(given)] = False
            np.copyto(out, super().compute(given), where=written)
            return out

    return Unwritten


def last_output(given: LayerRequest) -> Any:
    return np.s_[:, -1:] if several(given) else NOTHING


def last_row_of_a_stride(given: LayerRequest) -> Any:
    return np.s_[:, :, -1:] if given.stride[0] > 1 else NOTHING


def border_of_one_by_one(given: LayerRequest) -> Any:
    padded = given.k.shape[2:] == (1, 1) and given.pads[0][0] > 0
    return np.s_[:, :, : given.pads[0][0]] if padded else NOTHING


def same(
    fits: Callable[[LayerRequest], bool], *, lower: bool = False, unstrided: bool = False
) -> type[Layer]:
    """``same`` puts an odd pixel before the image, or pads as with stride 1."""

    class Same(Layer):
        def along(self, given: LayerRequest, axis: int) -> Pair:
            if given.padding != "same" or not fits(given):
                return super().along(given, axis)
            asked = replace(given, stride=(1, 1)) if unstrided else given
            return halved(sum(super().along(asked, axis)), lower=lower)

    return Same


def strided(given: LayerRequest) -> bool:
    return given.stride != (1, 1)


def changed(change: Callable[[LayerRequest, Array], Array]) -> type[Layer]:
    """The result is right, and then changed."""

    class Changed(Layer):
        def compute(self, given: LayerRequest) -> Array:
            return change(given, super().compute(given))

    return Changed


def widened(given: LayerRequest, out: Array) -> Array:
    return out.astype(np.float64) if given.groups > 1 else out


def refusing_no_image(given: LayerRequest, out: Array) -> Array:
    if not len(given.img):
        msg = "the batch is empty"
        raise ValueError(msg)
    return out


def outputs_interleaved(given: LayerRequest, out: Array) -> Array:
    return dealt(out, 1, given.groups)


def shifted_for_widths(columns: int) -> Callable[[LayerRequest, Array], Array]:
    """The last column of results of one width is the one before it."""

    def shifted(given: LayerRequest, out: Array) -> Array:
        if several(given) and out.shape[3] == columns:
            out[..., -1] = out[..., -2]
        return out

    return shifted


class StrideOfRowsAlone(Layer):
    """A stride that is a number is that of the rows."""

    def given(self, *operands: Any, **options: Any) -> LayerRequest:
        made = super().given(*operands, **options)
        stride = options.get("stride")
        return replace(made, stride=(stride, 1)) if isinstance(stride, int) else made


class DilationInPairsAlone(Layer):
    """A dilation that is no pair counts as none."""

    def given(self, *operands: Any, dilation: Step = 1, **options: Any) -> LayerRequest:
        asked = dilation if isinstance(dilation, tuple) else 1
        return super().given(*operands, dilation=asked, **options)


class KernelGradientFlipped(Layer):
    def by_kernel(self, given: LayerRequest, cotangent: Array) -> Array:
        return super().by_kernel(given, cotangent)[..., ::-1, ::-1]


class KernelGradientAveraged(Layer):
    def by_kernel(self, given: LayerRequest, cotangent: Array) -> Array:
        found = super().by_kernel(given, cotangent)
        found /= found.dtype.type(max(len(given.img), 1))
        return found


class ImageGradientUnflipped(Layer):
    def by_image(self, given: LayerRequest, cotangent: Array) -> Array:
        return super().by_image(replace(given, k=given.k[..., ::-1, ::-1]), cotangent)


class ImageGradientUndilated(Layer):
    def by_image(self, given: LayerRequest, cotangent: Array) -> Array:
        found = super().by_image(given, cotangent)
        return found if given.dilation == (1, 1) else np.roll(found, 1, 3)


class ImageGradientTailUnwritten(Layer):
    """Pixels past the last window have no gradient, and nobody writes the zeros."""

    def by_image(self, given: LayerRequest, cotangent: Array) -> Array:
        out = np.empty_like(given.img)
        seen = (
            given.stride[0] * (given.size[0] - 1) + given.dilation[0] * (given.k.shape[2] - 1) + 1
        )
        seen -= given.pads[0][0]
        out[:, :, :seen] = super().by_image(given, cotangent)[:, :, :seen]
        return out


class LayoutTransposing(Layer):
    def compute(self, given: LayerRequest) -> Array:
        return super().compute(transposed_kernel(given) if self.layout == "NHWC" else given)


class RefusingNothing(Layer):
    spec = replace(Layer.spec, refuses=(("stride", "dilation"),))


class AdditionAfterRelu(Layer):
    """Rectified too early."""

    def fused(
        self, img: Array, k: Array, padding: Any, bias: Array, addend: Array, **options: Any
    ) -> Array:
        rectified: Array = np.maximum(
            self.conv2d(img, k, padding, **options) + bias[:, None, None], 0
        )
        return rectified + addend


class ConstantsOfTheFirstImage(Layer):
    """A constant addend is folded into the bias by its first image."""

    def fused_constants(
        self, img: Array, k: Array, padding: Any, bias: Array, addend: Array, **options: Any
    ) -> Array:
        folded = np.broadcast_to(addend[:1], addend.shape)
        return self.fused(img, k, padding, bias, folded, **options)


class BiasOfTheFirstOutput(Layer):
    """Every output gets the first one's bias."""

    def fused(
        self, img: Array, k: Array, padding: Any, bias: Array, addend: Array, **options: Any
    ) -> Array:
        return super().fused(img, k, padding, np.full_like(bias, bias[0]), addend, **options)
