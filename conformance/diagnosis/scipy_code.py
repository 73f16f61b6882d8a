"""Code that repeats a hypothesis, and the kernel to pass to a call to get another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition.correlation import ORIENTATIONS, orient
from conv2d_conformance.definition.numpy_notation import PAD_MODES, TURNS
from conv2d_conformance.diagnosis.describe import number
from conv2d_conformance.diagnosis.hypothesis import UNDONE

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Boundary, Orientation
    from conv2d_conformance.definition.padding import Pads
    from conv2d_conformance.diagnosis.hypothesis import Hypothesis


def kernel(orientation: Orientation) -> str:
    """The kernel as a call of that orientation reads it, in NumPy."""
    return f"kernel{TURNS[orientation]}"


def kernel_to_pass(reads: Orientation, wanted: Orientation) -> str:
    """Return the kernel to pass to a call that reads as ``reads``, so that it reads ``wanted``."""
    sample = np.arange(6).reshape(2, 3)
    target = orient(orient(sample, wanted), UNDONE[reads])
    return kernel(next(o for o in ORIENTATIONS if np.array_equal(orient(sample, o), target)))


def numpy_expression(found: Hypothesis) -> str:
    """One expression of ``image`` (H, W) and ``kernel`` (Kh, Kw) that gives the result."""
    return _call(found) + _stepped(found.options.stride) + TURNS[found.turn]


def scaled(line: str, found: Hypothesis) -> str:
    """An expression, times the scale and plus the bias of a hypothesis."""
    if found.scale != 1:
        line += f" * {_factor(found.scale)}"
    return line + (f" + {_factor(found.bias)}" if found.bias else "")


def _call(found: Hypothesis) -> str:
    steps = found.options.stride != (1, 1)
    zeros = found.boundary == "zeros" or not found.outside
    rotated = found.orientation == "convolution" and found.options.dilation == (1, 1)
    padding = None if steps else found.padding(("lower",))
    if zeros and rotated and padding in ("valid", "full", "same-lower"):
        mode = padding.removesuffix("-lower")
        return f'scipy.signal.convolve2d(image, kernel, mode="{mode}")'
    read = _spread(found)
    padding = None if steps else found.padding(("upper",))
    if zeros and padding in ("valid", "full", "same-upper"):
        mode = padding.removesuffix("-upper")
        return f'scipy.signal.correlate2d(image, {read}, mode="{mode}")'
    return f'scipy.signal.correlate2d({_framed(found.pads, found.boundary)}, {read}, mode="valid")'


def _spread(found: Hypothesis) -> str:
    """The kernel with zeros between its taps, as a dilation reads it."""
    read = kernel(found.orientation)
    if found.options.dilation == (1, 1):
        return read
    (d, e), (m, n) = found.options.dilation, found.shapes.kernel
    taps = f"np.eye(1, {d * e}).reshape({d}, {e})"
    return f"np.kron({read}, {taps})[:{d * (m - 1) + 1}, :{e * (n - 1) + 1}]"


def _framed(pads: Pads, boundary: Boundary) -> str:
    """The image, cropped and padded."""
    cut = [f"{max(-before, 0) or ''}:{-max(-after, 0) or ''}" for before, after in pads]
    image = "image" if cut == [":", ":"] else f"image[{', '.join(cut)}]"
    rows, columns = ((max(before, 0), max(after, 0)) for before, after in pads)
    if not any(rows + columns):
        return image
    if boundary != "zeros" and image != "image":
        # The boundary depends on the complete image: pad it first, then crop.
        return f'np.pad(image, ({rows}, {columns}), mode="{PAD_MODES[boundary]}")[{", ".join(cut)}]'
    return f'np.pad({image}, ({rows}, {columns}), mode="{PAD_MODES[boundary]}")'


def _stepped(stride: tuple[int, int]) -> str:
    return "" if stride == (1, 1) else f"[::{stride[0]}, ::{stride[1]}]"


def _factor(value: float) -> str:
    words = number(value)
    return f"({words})" if "/" in words or value < 0 else words
