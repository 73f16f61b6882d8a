"""The conventions as NumPy code, for every piece of code that the suite prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Boundary, Orientation

# What turns a kernel (Kh, Kw) into what a call of that orientation correlates with.
TURNS: dict[Orientation, str] = {
    "correlation": "",
    "convolution": "[::-1, ::-1]",
    "flip-rows": "[::-1]",
    "flip-columns": "[:, ::-1]",
    "transposed-correlation": ".T",
    "transposed-convolution": ".T[::-1, ::-1]",
    "transposed-flip-rows": ".T[::-1]",
    "transposed-flip-columns": ".T[:, ::-1]",
}
# `numpy.pad` calls two of them the other way round; see `definition.correlation.source_indices`.
PAD_MODES: dict[Boundary, str] = {
    "zeros": "constant",
    "edge": "edge",
    "reflect": "symmetric",
    "mirror": "reflect",
    "wrap": "wrap",
}
