"""The rules of cropping of a transposed convolution, for ``valid`` and ``same``.

A crop is ((top, bottom), (left, right)) of the full result, (H - 1)s + d(Kh - 1) + 1 rows; a
negative one adds zeros.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal, get_args

from conv2d_conformance.definition.padding import Align, Pads, Pair, halve, reach

if TYPE_CHECKING:
    from conv2d_conformance.definition.padding import Geometry

Ends = Literal["kernel", "stride"]
Extra = Literal["after", "before", "halved"]


@dataclass(frozen=True)
class CropRule:
    """The rule by which a call crops an axis, for a kernel of e = d(K - 1) + 1 rows and stride s.

    Parameters
    ----------
    ends : str
        ``valid`` crops nothing. With e < s, ``kernel`` ends with the last pixel's kernel and
        ``stride`` adds s - e zeros after it, H·s in all.
    align : str
        ``same`` gives H·s: it crops e - s, half of it before, and of an odd number the greater
        part after (``upper``) or before (``lower``). With e < s it adds s - e zeros after.
    extra : str
        Where an output_padding of q leaves q rows more than none: under ``valid`` than the full
        result, under ``same`` than (H - 1)s + e mod 2, which is what Keras counts from, and with
        explicit crops than these leave. ``after`` and ``before`` crop q less there; ``halved``
        does so after, but under ``same`` halves all that is cropped, e - e mod 2 - q, anew.
    """

    ends: Ends
    align: Align
    extra: Extra = "after"

    def crops(self, layer: Geometry) -> Pads:
        """The crops of a layer."""
        more = layer.output_padding or (None, None)
        if not isinstance(layer.padding, str):
            pairs = zip(layer.padding, more, strict=True)
            rows, columns = (self._moved(crop, q or 0) for crop, q in pairs)
            return rows, columns
        spans = (n + 1 for n in reach(layer.kernel, layer.options))
        axes = zip(spans, layer.stride, more, strict=True)
        rows, columns = (self._axis(layer.padding, *axis) for axis in axes)
        return rows, columns

    def pads(self, layer: Geometry) -> Pads:
        """The crops, which stand where a correlation has its pads."""
        return self.crops(layer)

    def _axis(self, padding: str, span: int, stride: int, more: int | None) -> Pair:
        if more is None:
            return self._default(padding, span - stride)
        base = span - span % 2 if padding == "same" else 0
        if self.extra != "halved":
            return self._moved(halve(base, self.align), more)
        return halve(base - more, self.align) if base >= more else (0, base - more)

    def _default(self, padding: str, excess: int) -> Pair:
        if excess < 0:
            return 0, excess if padding == "same" or self.ends == "stride" else 0
        return halve(excess, self.align) if padding == "same" else (0, 0)

    def _moved(self, crop: Pair, more: int) -> Pair:
        before, after = crop
        return (before - more, after) if self.extra == "before" else (before, after - more)


RULES = tuple(CropRule(*words) for words in product(*map(get_args, (Ends, Align, Extra))))
