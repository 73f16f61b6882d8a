"""The layers: pairs and triples of options, bugs of releases, and real networks."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any

from conv2d_conformance.cases.case import CASE_PADDINGS
from conv2d_conformance.cases.covering import covering_rows, nested_rows
from conv2d_conformance.cases.layers import make_layer, parse
from conv2d_conformance.definition.dtypes import dtype_by_name, largest_exact
from conv2d_conformance.definition.padding import Options, output_size, pads_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.cases.layers import Layer

# Plain operands; one channel; many; two groups; depthwise; depthwise with two outputs a channel;
# and a remainder for every vector width.
FACTORS: dict[str, list[Any]] = {
    "channels": [
        None,
        (1, 1, 1, 1),
        (2, 3, 4, 1),
        (1, 4, 6, 2),
        (2, 4, 4, 4),
        (1, 3, 6, 3),
        (1, 13, 17, 1),
    ],
    "image": [(7, 9), (8, 8), (13, 10)],
    "kernel": [(1, 1), (3, 3), (2, 3), (4, 2)],
    "stride": [(1, 1), (2, 2), (1, 3), (3, 2)],
    "dilation": [(1, 1), (2, 2), (1, 2), (3, 1)],
    "padding": [*CASE_PADDINGS, ((1, 1), (1, 1)), ((1, 0), (2, 3)), ((-1, 0), (1, -2))],
    "dtype": ["float32", "float64"],
}


def has_output(row: dict[str, Any]) -> bool:
    """Return whether a kernel of that reach fits into the padded image."""
    options = Options(dilation=row["dilation"])
    pads = pads_of(row["padding"], row["image"], row["kernel"], options)
    return 0 not in output_size(row["image"], row["kernel"], pads, options)


# Rows without an output are excluded before the search: dropped later, they would take pairs with
# them.
WITH_OUTPUT = {
    "operator": "fn",
    "requires": ["image", "kernel", "dilation", "padding"],
    "evaluate": has_output,
}


def _covering(strength: int) -> Iterator[Layer]:
    """Return few layers with every combination of ``strength`` values of the factors."""
    for row in covering_rows(FACTORS, strength, [WITH_OUTPUT]):
        yield make_layer(**row, covering=strength == 2)


PAIRS = tuple(_covering(2))
TRIPLES = tuple(case for case in _covering(3) if case not in PAIRS)
# Bugs of released frameworks, and the widths at which code has a remainder to handle.
DESIGNED = tuple(
    parse(descriptor)
    for descriptor in (
        "n2c3o5/6x7-by-1x1/p1x1x1x1",  # one by one with padding: memory that was never written
        "n1c8o8/7x7-by-1x1/valid/s2x2",
        "n1c8o8/8x8-by-1x1/same/s2x2",
        "n0c3o4/6x7-by-3x3/same",  # no image at all
        "n2c1o4/6x7-by-3x3/same",  # one channel, which two layouts write alike
        "n1c6o6g6/9x9-by-3x3/same/d2x2",
        "n1c4o8g4/9x9-by-3x3/p2x2x2x2/d2x2",
        "n1c3o2/2x9-by-5x3/p2x2x0x0",  # the kernel is larger than the image
        "n1c2o3/9x9-by-3x3/p-1x-2x0x1",
        "n3c5o4/10x11-by-4x4/same/s3x2",
        *(f"n1c{c}o{c + 1}/5x{c}-by-3x3/same" for c in (13, 16, 17, 31, 32, 33)),
    )
)
# Layers of ResNet-50, VGG-16, MobileNet, U-Net, ConvNeXt and ViT, at a quarter of their size.
REDUCED = tuple(
    parse(descriptor)
    for descriptor in (
        "n1c3o16/56x56-by-7x7/p3x3x3x3/s2x2",
        "n1c64o64/14x14-by-1x1/valid",
        "n1c64o64/14x14-by-3x3/p1x1x1x1",
        "n1c64o32/14x14-by-1x1/valid/s2x2",
        "n1c3o16/32x32-by-3x3/p1x1x1x1",
        "n1c32o32g32/28x28-by-3x3/p1x1x1x1/s2x2",
        "n1c32o64/28x28-by-1x1/valid",
        "n1c16o32/35x35-by-3x3/valid",
        "n1c24o24g24/14x14-by-7x7/p3x3x3x3",
        "n1c3o48/64x64-by-16x16/valid/s16x16",
    )
)
# Ordinary shapes that the factors do not reach. Each let a wrong backend through.
ORDINARY = tuple(
    parse(descriptor)
    for descriptor in (
        "n5c3o8/12x11-by-3x3/same",  # a batch of more than four
        "n1c3o8/20x21-by-4x4/valid/s4x4",  # a stride of four
        "n1c4o6/19x17-by-3x3/same/d4x4",  # a dilation of more than three
        "n2c3o8/15x16-by-5x5/same/s2x2",  # `same` with a stride and a larger kernel
        "n1c64o64g32/8x7-by-3x3/p1x1x1x1",  # the groups of ResNeXt
        "n1c5o65/6x7-by-3x3/same",  # more than 64 outputs
        "n1c128o16/7x6-by-3x3/same",  # 1152 products
        "n1c1o1/6x7-by-1x1/p1x0x0x0",  # one channel and tap, and pads on one side
        "n1c8o8/9x8-by-3x3/same/float16",
        "n1c8o8/9x8-by-3x3/same/bfloat16",
        "n1c3o4/9x8-by-3x3/same/int32",
    )
)
# More of the same; a call that compiles for every shape goes without.
ORDINARY += tuple(
    replace(parse(descriptor), covering=False)
    for descriptor in (
        "n17c4o4/6x7-by-3x3/p1x1x1x1",
        "n2c3o16/31x30-by-8x8/p2x2x2x2/s4x4",
        "n1c4o6/29x31-by-3x3/p6x6x6x6/d6x6",
        "n1c3o16/21x22-by-7x7/same/s2x2",
        "n1c12o12g12/14x13-by-5x5/same/s2x2",
        "n1c64o128g32/8x8-by-3x3/p1x1x1x1/s2x2",
        "n1c300o20/5x5-by-2x2/valid",
        "n5c128o4/8x8-by-3x3/same/s2x2",
        "n2c128o65/7x8-by-3x3/p1x0x2x3/d2x2",
        "n3c24o48g24/9x8-by-3x3/p-1x1x1x1/s2x2",
        "n2c1o1/6x7-by-1x1/p0x2x0x1",
        "n1c1o4/6x7-by-1x1/p0x0x3x0/s2x1",
        "n1c1o3/7x1-by-3x1/same",  # strides of one column and one channel say nothing
        "n2c1o1/1x9-by-1x3/valid",
        "n1c4o1/6x5-by-1x1/valid",
    )
)
# The same step along both axes, given as a number; calls that compile have them in ORDINARY.
AS_NUMBERS = (
    parse("n1c3o8/20x21-by-4x4/valid/s4"),
    replace(parse("n1c4o6/19x17-by-3x3/same/d4"), covering=False),
)
# The sizes, steps and dtypes of networks, each pair of values.
WIDE_FACTORS: dict[str, list[Any]] = {
    "channels": [
        (5, 3, 8, 1),
        (1, 64, 12, 1),
        (1, 16, 65, 1),
        (2, 64, 64, 32),
        (1, 12, 12, 12),
        (6, 6, 12, 6),
        (5, 1, 16, 1),
        (2, 9, 1, 1),
    ],
    "image": [(16, 15), (19, 22)],
    "kernel": [(1, 1), (3, 3), (5, 5), (7, 7), (4, 4), (2, 3)],
    "stride": [(1, 1), (2, 2), (3, 3), (4, 4), (1, 2)],
    "dilation": [(1, 1), (2, 2), (3, 3), (4, 4), (2, 1)],
    "padding": [*CASE_PADDINGS, ((1, 1), (1, 1)), ((1, 0), (2, 3)), ((-1, 0), (1, -2))],
    "dtype": ["float16", "bfloat16", "float32", "float64", "int32"],
}


def sums_exactly(row: dict[str, Any]) -> bool:
    """Return whether the dtype holds a sum of as many products of ones."""
    _, channels, _, groups = row["channels"]
    terms: int = channels // groups * prod(row["kernel"])
    return terms <= largest_exact(dtype_by_name(row["dtype"]))


SUMS_EXACTLY = {
    "operator": "fn",
    "requires": ["channels", "kernel", "dtype"],
    "evaluate": sums_exactly,
}
WIDE_CONSTRAINTS = [WITH_OUTPUT, SUMS_EXACTLY]


WIDE = tuple(
    make_layer(**row, covering=covering)
    for row, covering in nested_rows(WIDE_FACTORS, WIDE_CONSTRAINTS)
)
INTEGERS = PAIRS + TRIPLES + DESIGNED + REDUCED + ORDINARY + AS_NUMBERS + WIDE
REAL = tuple(
    replace(case, family="normal")
    for case in PAIRS + DESIGNED + REDUCED + ORDINARY + WIDE
    if "int" not in case.dtype
)
# What follows a layer: channels in multiples of a vector's width, and not; groups; one tap.
FOLLOWED_FACTORS: dict[str, list[Any]] = {
    "channels": [
        (2, 3, 5, 1),
        (1, 4, 8, 1),
        (1, 8, 16, 1),
        (2, 16, 16, 1),
        (1, 4, 8, 2),
        (1, 8, 8, 8),
    ],
    "image": [(7, 9), (8, 8)],
    "kernel": [(1, 1), (3, 3), (2, 3)],
    "stride": [(1, 1), (2, 2), (1, 3)],
    "dilation": [(1, 1), (2, 2)],
    "padding": ["valid", "same", ((1, 1), (1, 1)), ((1, 0), (2, 3))],
}


FOLLOWED = tuple(
    replace(layer, family="small-integers", followed=True)
    for layer in (
        parse("n2c3o4/6x7-by-3x3/same"),
        parse("n1c13o17/8x8-by-1x1/valid"),
        parse("n2c1o1/7x9-by-2x3/valid"),
        parse("n1c16o32/14x14-by-3x3/same"),
        *(make_layer(**row, covering=covering) for row, covering in nested_rows(FOLLOWED_FACTORS)),
    )
)
# The same at full size, for timing: with `same` where the network's pads are those of `same`.
FULL = tuple(
    parse(f"{descriptor}/normal")
    for descriptor in (
        "n1c3o64/224x224-by-7x7/p3x3x3x3/s2x2/float32",
        "n1c64o64/56x56-by-3x3/same/float32",
        "n1c256o64/56x56-by-1x1/valid/float32",
        "n1c256o512/56x56-by-1x1/valid/s2x2/float32",
        "n1c512o512/7x7-by-3x3/same/float32",
        "n1c64o64/224x224-by-3x3/same/float32",
        "n1c32o32g32/112x112-by-3x3/same/float32",
        "n1c64o128/280x280-by-3x3/valid/float32",
        "n1c96o96g96/56x56-by-7x7/same/float32",
        "n1c3o768/224x224-by-16x16/valid/s16x16/float32",
    )
)
