"""What a transposed convolution can get wrong of output_padding alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.mutants.given import halved
from tests.mutants.transposed import Transposed, TransposedRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.definition.padding import Pair

    Slip = Callable[[TransposedRequest], TransposedRequest]


def padded(slip: Slip) -> type[Transposed]:
    """What output_padding is taken for something else, with the size of that."""

    class Padded(Transposed):
        def cut(self, asked: TransposedRequest, full: Array) -> Array:
            return super().cut(slip(asked), full)

    return Padded


class InPairsAlone(Transposed):
    """An output_padding that is no pair counts as none."""

    def conv_transpose2d(self, *operands: Any, **options: Any) -> Array:
        if isinstance(options.get("output_padding"), int):
            del options["output_padding"]
        return super().conv_transpose2d(*operands, **options)


def more_ignored(asked: TransposedRequest) -> TransposedRequest:
    return replace(asked, more=(None, None))


def more_is_zero(asked: TransposedRequest) -> TransposedRequest:
    """Under `same`; elsewhere that is to ignore it."""
    same = None not in asked.more and asked.padding == "same"
    return replace(asked, more=(0, 0)) if same else asked


def more_swapped(asked: TransposedRequest) -> TransposedRequest:
    return replace(asked, more=asked.more[::-1])


def before(when: Callable[[TransposedRequest], bool]) -> type[Transposed]:
    """What output_padding adds comes before the image."""

    class Before(Transposed):
        def moved(self, crop: Pair, more: int, asked: TransposedRequest) -> Pair:
            if not when(asked):
                return super().moved(crop, more, asked)
            return crop[0] - more, crop[1]

    return Before


class HalvedAnew(Transposed):
    """`same` halves what it crops less what output_padding asks for, with two groups alone."""

    def moved(self, crop: Pair, more: int, asked: TransposedRequest) -> Pair:
        excess = sum(crop) - more
        if asked.padding != "same" or asked.groups != 2 or excess < 0:
            return super().moved(crop, more, asked)
        return halved(excess)


def added(fill: Callable[[], float]) -> type[Transposed]:
    """The rows and columns of output_padding hold something else than what is painted there."""

    class Added(Transposed):
        def cut(self, asked: TransposedRequest, full: Array) -> Array:
            out = super().cut(asked, full)
            rows, columns = (n - (q or 0) for n, q in zip(out.shape[2:], asked.more, strict=True))
            out[:, :, rows:], out[..., columns:] = (out.dtype.type(fill()) for _ in range(2))
            return out

    return Added
