"""A layer of transposed convolution: its kernel has the channels of the image first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

from conv2d_conformance.cases import layers
from conv2d_conformance.cases.layers import Layer

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Operation
    from conv2d_conformance.definition.padding import Pair


@dataclass(frozen=True)
class TransposedLayer(Layer):
    """One input of a transposed convolution; its id begins with ``t-``.

    ``output_padding`` (rows, columns), ``o1x0`` in the id, is what the result is longer by; None
    is the framework's default, which need not be zero.
    """

    prefix: ClassVar[str] = "t-"
    operation: ClassVar[Operation] = "conv_transpose2d"
    more: ClassVar[str] = r"(/o(?P<output_padding>\d+x\d+))?"

    output_padding: Pair | None = None

    @property
    def pairs(self) -> dict[str, Pair]:
        """What the id has as pairs, by the letter before them."""
        return super().pairs | ({"o": self.output_padding} if self.output_padding else {})

    @property
    def keywords(self) -> dict[str, Any]:
        """The options that are not the default, as the call takes them."""
        given = {"output_padding": self.output_padding} if self.output_padding else {}
        return super().keywords | given

    @cached_property
    def features(self) -> frozenset[str]:
        """What the layer asks of a call, in the words of `Spec.options` and `Spec.refuses`."""
        axes = zip(self.output_padding or (0, 0), self.stride, strict=True)
        return super().features | ({"past_stride"} if any(q >= s for q, s in axes) else set())

    @property
    def shapes(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Shapes of image and kernel, (H, W) and (Kh, Kw) or (N, C, H, W) and (C, O/G, Kh, Kw)."""
        if self.channels is None:
            return self.image, self.kernel
        n, c, o, g = self.channels
        return (n, c, *self.image), (c, o // g, *self.kernel)

    @property
    def terms(self) -> int:
        """Most products that are summed for one element, C/G·Kh·Kw, met with stride 1."""
        _, c, _, g = self.channels or (1, 1, 1, 1)
        return c // g * prod(self.kernel)


def parse(descriptor: str) -> Layer:
    """The layer that a descriptor names, transposed if it begins with ``t-``.

    Raises
    ------
    NotALayerError
        If it is none, or if channels and groups do not fit.
    """
    if descriptor.startswith(TransposedLayer.prefix):
        return layers.parse(descriptor.removeprefix(TransposedLayer.prefix), TransposedLayer)
    return layers.parse(descriptor)
