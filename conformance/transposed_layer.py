"""A layer of transposed convolution: its kernel has the channels of the image first."""

from __future__ import annotations

from dataclasses import fields
from math import prod
from typing import ClassVar

from conformance import layer
from conformance.layer import Layer


class TransposedLayer(Layer):
    """One input of a transposed convolution; its id begins with ``t-``."""

    prefix: ClassVar[str] = "t-"

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
    plain = layer.parse(descriptor.removeprefix(TransposedLayer.prefix))
    if not descriptor.startswith(TransposedLayer.prefix):
        return plain
    return TransposedLayer(**{field.name: getattr(plain, field.name) for field in fields(plain)})
