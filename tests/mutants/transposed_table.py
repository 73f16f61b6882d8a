"""Each mutant of a transposed convolution, what must catch it, and the words of its message."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from tests.mutants.arithmetic import tf32
from tests.mutants.fourier_layers import TransposedChannelsReversed
from tests.mutants.given import halved
from tests.mutants.mutant import Mutant
from tests.mutants.output_padding import (
    HalvedAnew,
    InPairsAlone,
    added,
    before,
    more_ignored,
    more_is_zero,
    more_swapped,
    padded,
)
from tests.mutants.transposed import Transposed, TransposedRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.definition.padding import Pair

    Slip = Callable[[TransposedRequest], TransposedRequest]

EXACT = "test_a_transposed_layer_of_integers_is_exact"
REAL = "test_a_transposed_layer_of_real_data_stays_within_the_error_bound"
MAPS = "test_one_rule_explains_every_transposed_index_map"
FACTS = "test_a_transposed_call_has_the_facts_that_it_declares"
REFUSED = "test_a_transposed_call_refuses_what_it_declares"


def reading(slip: Slip) -> type[Transposed]:
    """A call that takes what it was asked for something else, and returns the right size."""

    class Misread(Transposed):
        def painted(self, asked: TransposedRequest) -> Array:
            out = super().painted(slip(asked))
            rows, columns = asked.size
            fitted = np.zeros((*out.shape[:2], rows, columns), out.dtype)
            out = out[:, :, :rows, :columns]
            fitted[:, :, : out.shape[2], : out.shape[3]] = out
            return fitted

    return Misread


def resized(slip: Slip) -> type[Transposed]:
    """As `reading`, with the size of what it took."""

    class Resized(Transposed):
        def cut(self, asked: TransposedRequest, full: Array) -> Array:
            return super().cut(slip(asked), full)

        def painted(self, asked: TransposedRequest) -> Array:
            return super().painted(slip(asked))

    return Resized


def stride_swapped(asked: TransposedRequest) -> TransposedRequest:
    return replace(asked, stride=asked.stride[::-1])


def dilation_ignored(asked: TransposedRequest) -> TransposedRequest:
    return replace(asked, dilation=(1, 1))


def rotated(asked: TransposedRequest) -> TransposedRequest:
    return replace(asked, k=asked.k[..., ::-1, ::-1])


def rotated_under_dilation(asked: TransposedRequest) -> TransposedRequest:
    return rotated(asked) if max(asked.dilation) > 2 else asked


def channels_reversed(asked: TransposedRequest) -> TransposedRequest:
    return replace(asked, img=asked.img[:, ::-1])


def channels_interleaved(asked: TransposedRequest) -> TransposedRequest:
    n, c, *size = asked.img.shape
    dealt = asked.img.reshape(n, asked.groups, c // asked.groups, *size).swapaxes(1, 2)
    return replace(asked, img=dealt.reshape(asked.img.shape))


def first_image(asked: TransposedRequest) -> TransposedRequest:
    return replace(asked, img=asked.img[:1].repeat(len(asked.img), 0))


def lowered(asked: TransposedRequest) -> TransposedRequest:
    return replace(asked, img=tf32(asked.img), k=tf32(asked.k))


class OutputsInterleaved(Transposed):
    """The outputs of one group come between those of another."""

    def painted(self, asked: TransposedRequest) -> Array:
        out = super().painted(asked)
        n, o, *size = out.shape
        dealt = out.reshape(n, asked.groups, o // asked.groups, *size).swapaxes(1, 2)
        return dealt.reshape(out.shape)


def shifted(when: Callable[[TransposedRequest], bool]) -> type[Transposed]:
    """All is one pixel too high and too far left: the shape is right."""

    class Shifted(Transposed):
        def painted(self, asked: TransposedRequest) -> Array:
            out = super().painted(asked)
            if not when(asked):
                return out
            return np.pad(out, ((0, 0), (0, 0), (0, 1), (0, 1)))[:, :, 1:, 1:]

    return Shifted


class OtherSide(Transposed):
    """The odd pixel is cropped before."""

    def crop(self, excess: int, asked: TransposedRequest) -> Pair:
        same = asked.padding == "same" and excess > 0
        return halved(excess, lower=True) if same else super().crop(excess, asked)


class OtherSideForLongKernels(OtherSide):
    """Likewise, of kernels that exceed their stride by five or more."""

    def crop(self, excess: int, asked: TransposedRequest) -> Pair:
        return super().crop(excess, asked) if excess > 4 else Transposed.crop(self, excess, asked)


def ending_with_the_kernel(padding: str) -> type[Transposed]:
    """Under one padding, what the stride exceeds the kernel by is cut."""

    class Cut(Transposed):
        def crop(self, excess: int, asked: TransposedRequest) -> Pair:
            cut = excess < 0 and asked.padding == padding
            return (0, 0) if cut else super().crop(excess, asked)

    return Cut


class Unwritten(Transposed):
    """What no kernel paints holds what lay in memory."""

    calls = 0

    def painted(self, asked: TransposedRequest) -> Array:
        type(self).calls += 1
        out = super().painted(asked)
        return np.where(out == 0, out.dtype.type(self.calls), out)


class Computes(Transposed):
    """Declares as refused what it computes."""

    spec = replace(Transposed.spec, refuses=(("depthwise", "dilation"),))


TRANSPOSED_MUTANTS = tuple(
    Mutant(*row)
    for row in (
        ("transposed-rotated", reading(rotated), FACTS, "declared 'adjoint', measured 'rotated'"),
        (
            "transposed-rotated-where-dilated",
            reading(rotated_under_dilation),
            EXACT,
            "of the kernel rotated by 180°",
        ),
        ("transposed-shifted", shifted(lambda _: True), EXACT, "shifted by (-1, -1)"),
        ("transposed-shifted-maps", shifted(lambda _: True), MAPS, "maps are inconsistent"),
        (
            "transposed-shifted-under-same",
            shifted(lambda asked: asked.padding == "same" and asked.stride == (2, 2)),
            EXACT,
            "shifted by (-1, -1)",
        ),
        ("transposed-other-side", OtherSide, FACTS, "declared 'upper', measured {'rows': 'lower'"),
        (
            "transposed-other-side-for-long-kernels",
            OtherSideForLongKernels,
            EXACT,
            "with the odd pixel cropped from the other side",
        ),
        ("transposed-stride-swapped", reading(stride_swapped), EXACT, "axes of the stride swapped"),
        (
            "transposed-stride-swapped-resized",
            resized(stride_swapped),
            EXACT,
            "axes of the stride swapped",
        ),
        ("transposed-undilated", reading(dilation_ignored), EXACT, "with the dilation ignored"),
        ("transposed-channels-reversed", reading(channels_reversed), EXACT, "image in reverse"),
        (
            "transposed-channels-interleaved",
            reading(channels_interleaved),
            EXACT,
            "channels of the groups interleaved",
        ),
        (
            "transposed-outputs-interleaved",
            OutputsInterleaved,
            EXACT,
            "outputs of the groups interleaved",
        ),
        ("transposed-first-image", reading(first_image), EXACT, "first image in place of every"),
        (
            "transposed-ends-with-the-kernel",
            ending_with_the_kernel("valid"),
            FACTS,
            "declared 'stride', measured 'kernel'",
        ),
        (
            "transposed-same-cut",
            ending_with_the_kernel("same"),
            EXACT,
            "It equals the reference at another size",
        ),
        ("transposed-unwritten", Unwritten, EXACT, "memory that it never wrote"),
        ("transposed-tf32", reading(lowered), REAL, "TF32"),
        ("transposed-computes", Computes, REFUSED, "depthwise with dilation, and computes it"),
        ("output-padding-ignored", padded(more_ignored), EXACT, "the output_padding ignored"),
        ("output-padding-zero", padded(more_is_zero), EXACT, "output_padding taken as zero"),
        (
            "output-padding-swapped",
            padded(more_swapped),
            EXACT,
            "with the output_padding swapped between the axes",
        ),
        (
            "output-padding-swapped-maps",
            padded(more_swapped),
            MAPS,
            "maps are inconsistent",
        ),
        (
            "output-padding-before",
            before(lambda _: True),
            FACTS,
            "output_padding: declared 'after', measured 'before'",
        ),
        (
            "output-padding-before-for-groups",
            before(lambda asked: asked.groups > 1),
            EXACT,
            "with the output_padding added before",
        ),
        (
            "output-padding-before-for-even-kernels",
            before(lambda asked: asked.k.shape[2] % 2 == 0),
            MAPS,
            "maps are inconsistent",
        ),
        (
            "output-padding-halved-for-groups",
            HalvedAnew,
            EXACT,
            "taken off a crop that is then halved",
        ),
        ("output-padding-in-pairs-alone", InPairsAlone, EXACT, "the output_padding ignored"),
        ("output-padding-unwritten", added(count(1).__next__), EXACT, "memory that it never wrote"),
        (
            "output-padding-blank",
            added(lambda: 0),
            EXACT,
            "but for what output_padding adds, which is zeros",
        ),
        (
            "fourier-channels-reversed-transposed",
            TransposedChannelsReversed,
            EXACT,
            "elements are wrong",
        ),
    )
)
