"""What a wrong layer equals instead: the reference with an option or an axis read wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition import error_bounds, layers
from conv2d_conformance.definition.padding import output_size
from conv2d_conformance.diagnosis.layer_misreadings import Misreading, layer_misreadings
from conv2d_conformance.diagnosis.plane_misreadings import LOWERED

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array, Exact
    from conv2d_conformance.under_test.layers import Layers

UNEXPLAINED = "No other reading of stride, dilation, groups, channels, batch or pads explains it."


def explain_layer(subject: Layers, layer: Layer, result: Array) -> str:
    """One sentence: the first wrong reading that explains the result, or none."""
    result = result if result.ndim == 4 else result[None, None]
    for reading in layer_misreadings(subject, layer):
        if _explains(layer, reading, result):
            return f"It equals the reference {reading.words}."
    exact = subject.exact(layer)
    return size_of_error(exact, result) if result.shape == exact.value.shape else UNEXPLAINED


def exact_of(layer: Layer, reading: Misreading) -> Exact | None:
    """What a reading gives; None where that is nothing at all."""
    size = output_size(layer.image, layer.kernel, reading.pads, reading.options)
    if 0 in size or not reading.fits:
        return None
    return layers.correlate(reading.img, reading.k, pads=reading.pads, options=reading.options)


def _explains(layer: Layer, reading: Misreading, result: Array) -> bool:
    exact = exact_of(layer, reading)
    if exact is None or exact.value.shape != result.shape:
        return False
    error = exact.error_of(result[:, np.argsort(reading.order)])
    return bool((error <= error_bounds.componentwise(exact, reading.img.dtype)).all())


def size_of_error(exact: Exact, result: Array) -> str:
    """What the error alone says, where no reading explains it."""
    if not np.isfinite(result.astype(np.float64)).all():
        return "It holds NaN or infinity, as memory that was never written may."
    if not result.any():
        return "It is all zeros."
    scaled = float(np.max(exact.error_of(result) / np.where(exact.scale, exact.scale, np.inf)))
    for words, roundoff in LOWERED.items():
        if result.dtype == np.float32 and roundoff / 8 <= scaled <= 2 * roundoff:
            return f"The error is {words}: {scaled:.2g} of |img| ⋆ |k|."
    return UNEXPLAINED
