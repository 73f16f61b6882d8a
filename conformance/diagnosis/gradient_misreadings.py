"""What a wrong gradient of a layer equals instead, of what is often mistaken for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition import error_bounds, layers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array, Exact, Floats
    from conv2d_conformance.under_test.layers import Layers

FLIPS = {
    "rotated by 180°": (2, 3),
    "with its rows flipped": (2,),
    "with its columns flipped": (3,),
}


def explain_gradient(
    subject: Layers, layer: Layer, which: str, cotangent: Array, exact: Exact, found: Array
) -> str:
    """One sentence on the gradient by the image or by the kernel, in four axes."""
    if not np.isfinite(found.astype(np.float64)).all():
        return "It holds NaN or infinity, as memory that was never written may."
    bound = error_bounds.componentwise(exact, found.dtype)
    for words, value in _values(exact):
        if value.shape == found.shape and _explains(value, bound.reshape(value.shape), found):
            return f"It equals the reference {words}."
    if which == "image":
        for words, other in _kernels(subject, layer, cotangent):
            if _explains(other.value, error_bounds.componentwise(other, found.dtype), found):
                return f"It equals the reference by a kernel {words}."
    return _multiple(exact, bound, found)


def _explains(value: Floats, bound: Floats, found: Array) -> bool:
    return bool((np.abs(found.astype(np.float64) - value) <= bound).all())


def _values(exact: Exact) -> Iterator[tuple[str, Floats]]:
    for words, axes in FLIPS.items():
        yield words, np.flip(exact.value, axes)
    yield "transposed", exact.value.swapaxes(2, 3)
    yield "with the batch or the outputs in reverse", exact.value[::-1]
    yield "with the channels in reverse", exact.value[:, ::-1]


def _kernels(subject: Layers, layer: Layer, cotangent: Array) -> Iterator[tuple[str, Exact]]:
    """Gradients by the image through kernels that are read otherwise."""
    k = layer.arrays()[1]
    k = subject.reads(k if k.ndim == 4 else k[None, None])
    for words, axes in FLIPS.items():
        yield (
            words,
            layers.image_gradient(
                cotangent,
                np.flip(k, axes),
                image=layer.image,
                pads=subject.pads(layer),
                options=layer.options,
            ),
        )


def _multiple(exact: Exact, bound: Floats, found: Array) -> str:
    """A factor, as of a mean in place of a sum."""
    at = np.unravel_index(np.argmax(np.abs(exact.value)), exact.value.shape)
    factor = float(found[at]) / float(exact.value[at])
    if factor and np.isfinite(factor):
        scaled = exact.value * factor
        if _explains(scaled, bound * max(abs(factor), 1), found):
            return f"It equals the reference times {factor:.6g}."
    return "No flip, transpose or factor explains it."
