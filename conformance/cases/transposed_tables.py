"""The transposed layers: pairs of options, layers of networks, and unusual ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conv2d_conformance.cases import layer_tables
from conv2d_conformance.cases.covering import covering_rows
from conv2d_conformance.cases.layers import make_layer, parse

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.padding import Pair

# For (2, 2) and (1, 1) some stride exceeds the kernel: then some outputs are written by no pixel.
FACTORS: dict[str, list[Any]] = {
    **layer_tables.FACTORS,
    "image": [(4, 5), (6, 6), (7, 3)],
    "kernel": [(1, 1), (2, 2), (3, 3), (2, 3), (4, 2)],
    "padding": ["valid", "same"],
}
PAIRS: tuple[Layer, ...] = tuple(
    make_layer(**row, operation="conv_transpose2d") for row in covering_rows(FACTORS, 2)
)
# Separate, so that the layers without output_padding do not change. ``steps`` are stride and
# output_padding, which must be less.
PADDED: dict[str, list[Any]] = {
    **{word: values for word, values in FACTORS.items() if word != "stride"},
    "padding": ["valid", "same", ((1, 1), (1, 1)), ((0, 0), (1, 1))],
    "steps": [
        ((2, 2), (1, 1)),
        ((1, 3), (0, 2)),
        ((3, 2), (2, 1)),
        ((2, 1), (1, 0)),
        ((2, 2), (0, 0)),
    ],
}


def has_adjoint(row: dict[str, Any]) -> bool:
    """Return whether a correlation with that stride gives the image; others may be refused.

    `same` counts from (H - 1)s rows, and one more if the kernel spans an odd number: without any
    more, the last row of the image would be of no window.
    """
    spans = (d * (m - 1) + 1 for m, d in zip(row["kernel"], row["dilation"], strict=True))
    axes = zip(spans, row["steps"][1], strict=True)
    return row["padding"] != "same" or all(span % 2 + q > 0 for span, q in axes)


WITH_ADJOINT = {
    "operator": "fn",
    "requires": ["kernel", "dilation", "padding", "steps"],
    "evaluate": has_adjoint,
}


def padded_layer(steps: tuple[Pair, Pair], **row: Any) -> Layer:
    """The layer of a row of `PADDED`."""
    return make_layer(**row, stride=steps[0], output_padding=steps[1], operation="conv_transpose2d")


PADDED_PAIRS: tuple[Layer, ...] = tuple(
    padded_layer(**row) for row in covering_rows(PADDED, 2, [WITH_ADJOINT])
)
DESIGNED: tuple[Layer, ...] = tuple(
    parse(descriptor)
    for descriptor in (
        "t-n0c3o4/6x7-by-3x3/valid/s2x2",  # no image at all
        "t-n0c3o4/6x7-by-3x3/same",
        "t-n2c3o5/6x7-by-1x1/valid",
        "t-n1c3o5/4x5-by-1x1/same/s2x2",  # three outputs of four are written by no pixel
        "t-n1c3o4/5x6-by-2x2/valid/s3x3",
        "t-n1c3o4/5x6-by-2x2/same/s3x3",
        "t-n1c3o4/5x6-by-3x1/valid/s2x3",  # only one stride exceeds the kernel
        "t-n2c1o4/6x7-by-3x3/same/s2x2",  # one channel, which two layouts write alike
        "t-n2c4o1/6x7-by-3x3/same/s2x2",
        "t-n1c6o6g6/7x7-by-3x3/same/s2x2",
        "t-n1c6o6g6/7x7-by-3x3/valid/d2x2",
        "t-n1c4o8g2/5x5-by-4x4/valid/s2x2",
        "t-n1c3o2/5x6-by-3x3/valid/s2x2/d2x2",
        "t-n1c3o2/5x6-by-3x3/valid/s2x3/d3x2",
        "t-n1c3o2/1x1-by-5x5/same/s2x2",
        "t-n1c3o2/5x6-by-6x7/same/s1x2",  # an odd pixel to crop, of kernels longer than the image
        # U-Net's up-convolution; DCGAN's first layer and its others; a decoder's with 3×3.
        "t-n1c16o8/7x7-by-2x2/valid/s2x2",
        "t-n2c16o32/1x1-by-4x4/valid",
        "t-n2c16o8/4x4-by-4x4/same/s2x2",
        "t-n1c16o8/8x8-by-5x5/same/s2x2",
        "t-n1c16o8/7x7-by-3x3/same/s2x2",
        "t-n1c3o2/5x6-by-3x3/valid/s2x2/o1x1",
        "t-n1c3o2/5x6-by-3x3/same/s2x2/o0x0",  # zero is not the default of Keras
        "t-n1c3o2/5x6-by-3x3/same/s2x2/o1x1",
        "t-n1c3o2/5x6-by-3x3/valid/s2x3/o0x2",  # one axis only
        "t-n1c3o2/5x6-by-3x3/same/s2x3/o1x0",
        "t-n2c3o4/5x6-by-4x4/valid/s2x2/o1x1",
        "t-n2c3o4/5x6-by-4x4/same/s2x2/o1x1",
        "t-n1c3o2/5x6-by-2x2/same/s2x2/o0x0",  # the last row and column have no window
        "t-n1c3o4/5x6-by-2x2/valid/s3x3/o2x2",
        "t-n1c3o4/5x6-by-2x2/valid/s3x3/o0x0",
        "t-n1c4o6g2/5x6-by-3x3/valid/s2x2/o1x1",
        "t-n1c3o2/5x6-by-3x3/valid/d2x2/o1x1",  # less than the dilation, not than the stride
        # PyTorch's inverses of a stride of two over an even image; DCGAN's in PyTorch.
        "t-n2c16o8/4x4-by-3x3/p1x1x1x1/s2x2/o1x1",
        "t-n1c16o8/7x7-by-5x5/p2x2x2x2/s2x2/o1x1",
        "t-n1c4o6g2/4x5-by-3x3/p1x1x1x1/s2x2/o1x0",
        "t-n2c16o8/4x4-by-4x4/p1x1x1x1/s2x2",
    )
)
# The widths at which code has a remainder to handle.
TAILS: tuple[Layer, ...] = tuple(
    replace(parse(f"t-n1c{c}o{c + 1}/4x5-by-3x3/same/s2x2"), covering=c in (17, 33))
    for c in (13, 16, 17, 31, 32, 33)
)
# Steps as numbers.
AS_NUMBERS: tuple[Layer, ...] = (
    parse("t-n1c3o2/5x6-by-3x3/valid/s2/o1"),
    replace(parse("t-n1c6o6g6/7x7-by-3x3/valid/d2"), covering=False),
)
IN_PAIRS = PAIRS + PADDED_PAIRS + DESIGNED + TAILS
INTEGERS = IN_PAIRS + AS_NUMBERS
REAL = tuple(replace(case, family="normal") for case in IN_PAIRS)
