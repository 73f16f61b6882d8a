"""What a transposed convolution crops or adds: one rule per framework's words ``valid``, ``same``.

A crop is ((top, bottom), (left, right)) of the full result, (H - 1)s + d(Kh - 1) + 1 rows; a
negative one adds zeros.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from conformance.pads import Align, Pads, Pair, halved, reach

if TYPE_CHECKING:
    from conformance.layer import Layer

Ends = Literal["kernel", "stride"]


@dataclass(frozen=True)
class Rule:
    """How one call crops each axis: by e = d(K - 1) + 1 - s, what the kernel exceeds its stride.

    Parameters
    ----------
    ends : str
        ``valid`` crops nothing. With e < 0, ``kernel`` ends with the last pixel's kernel and
        ``stride`` adds -e zeros after it, H·s in all.
    align : str
        ``same`` gives H·s: it crops e, half of it before, and of an odd e the greater part after
        (``upper``) or before (``lower``). With e < 0 it adds -e zeros after.
    """

    ends: Ends
    align: Align

    def crops(self, layer: Layer) -> Pads:
        """The crops of a layer."""
        spans = zip(reach(layer.kernel, layer.options), layer.stride, strict=True)
        rows, columns = (self._axis(str(layer.padding), span + 1 - s) for span, s in spans)
        return rows, columns

    def _axis(self, padding: str, excess: int) -> Pair:
        if excess < 0:
            return 0, excess if padding == "same" or self.ends == "stride" else 0
        return halved(excess, self.align) if padding == "same" else (0, 0)


RULES = tuple(Rule(ends, align) for ends in get_args(Ends) for align in get_args(Align))
