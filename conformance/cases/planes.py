"""The planes: named inputs, the same on every machine."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from conv2d_conformance.cases import random_data
from conv2d_conformance.cases.case import CASE_PADDINGS, Case
from conv2d_conformance.cases.memory_layouts import MEMORY_LAYOUTS, ONE, VIEWS
from conv2d_conformance.definition.dtypes import DTYPES, FLOATS, dtype_by_name
from conv2d_conformance.definition.error_bounds import unit_roundoff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conv2d_conformance.definition.shapes import Shape

# Odd, even and mixed kernels; square and not; minimal; as large as the image and larger; wider
# than the vector registers and blocks of real code.
SHAPES: tuple[tuple[Shape, Shape], ...] = (
    ((6, 7), (3, 3)),
    ((7, 5), (3, 5)),
    ((5, 8), (2, 3)),
    ((8, 6), (3, 2)),
    ((6, 6), (2, 2)),
    ((9, 7), (5, 4)),
    ((6, 9), (1, 3)),
    ((9, 6), (4, 1)),
    ((1, 1), (1, 1)),
    ((1, 7), (1, 3)),
    ((7, 1), (3, 1)),
    ((5, 6), (1, 1)),
    ((4, 3), (4, 3)),
    ((17, 19), (7, 7)),
    ((12, 33), (3, 3)),
    ((20, 21), (8, 9)),
    ((20, 21), (15, 16)),
)
LARGER_KERNELS: tuple[tuple[Shape, Shape], ...] = (((3, 4), (5, 6)), ((2, 6), (3, 3)))
# Real code changes its algorithm or has a remainder to handle at one less than a power of two, the
# power itself and one more, along one axis. Also kernels too large for an unrolled loop.
TAIL_SHAPES: tuple[tuple[Shape, Shape], ...] = (
    *(((5, n), (3, 3)) for n in (7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65)),
    *(((n, 6), (3, 3)) for n in (7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65)),
    *(((n + 2, n + 3), (n, n)) for n in (7, 11, 15, 31)),
    *(((4, n + 3), (1, n)) for n in (7, 11, 15, 31)),
    *(((n + 2, 5), (n, 1)) for n in (7, 11, 15, 31)),
    ((64, 64), (3, 3)),
    ((70, 67), (5, 5)),
    ((131, 5), (4, 2)),
    ((5, 259), (2, 3)),
)
REAL_SHAPES: tuple[tuple[Shape, Shape], ...] = (
    ((9, 10), (3, 3)),
    ((17, 16), (4, 5)),
    ((40, 41), (11, 11)),
    ((33, 32), (31, 31)),
)
# Above the sizes at which code switches to other formats, or to threads.
LARGE_SHAPES: tuple[tuple[Shape, Shape], ...] = (((96, 97), (3, 3)), ((131, 130), (5, 6)))
# Kernels of practice, which code may take a short cut for; `random_data.STRUCTURED` has them.
STRUCTURED_SHAPES: tuple[tuple[Shape, Shape], ...] = (((9, 8), (3, 3)), ((11, 12), (5, 4)))


def _square(
    paddings: Sequence[str],
    shapes: Sequence[tuple[Shape, Shape]],
    dtypes: Sequence[str],
    families: Sequence[random_data.Family] = ("integers",),
) -> tuple[Case, ...]:
    """Return the complete product; one case in ``len(paddings)`` covers it pairwise."""
    return tuple(
        Case(*shape, padding, dtype, family, covering=(p + s + d + f) % len(paddings) == 0)
        for (p, padding), (s, shape), (d, dtype), (f, family) in product(
            enumerate(paddings), enumerate(shapes), enumerate(dtypes), enumerate(families)
        )
    )


TAILS = _square(CASE_PADDINGS, TAIL_SHAPES, ("float32",)) + _square(
    CASE_PADDINGS, TAIL_SHAPES[11::4], ("float64",)
)
PLAIN_CASES = _square(CASE_PADDINGS, SHAPES, DTYPES) + _square(
    ("same", "full"), LARGER_KERNELS, FLOATS
)
STRUCTURED = _square(CASE_PADDINGS, STRUCTURED_SHAPES, ("float32",), random_data.STRUCTURED)
# Sums past 2**53, which no float64 holds.
HUGE = _square(CASE_PADDINGS, (SHAPES[0],), ("int64",), ("huge",))
# Past a megapixel, 65536 pixels a row or column, 1024 taps, and 16 rows of an even kernel.
PAST_LIMITS = (
    Case((1030, 1021), (3, 2), "same"),
    Case((2, 65541), (1, 3), "full"),
    Case((65539, 2), (3, 1), "valid"),
    *(Case((45, 44), (33, 32), padding) for padding in ("valid", "same")),
    *(Case((30, 31), (18, 20), padding) for padding in ("same", "full")),
)
INTEGERS = PLAIN_CASES + TAILS + STRUCTURED + HUGE + PAST_LIMITS
# No bound holds where K·u nears 1: sums in the operands' own bfloat16 then stop growing.
REAL = tuple(
    case
    for case in (
        *_square(CASE_PADDINGS, REAL_SHAPES, FLOATS, random_data.REAL_FAMILIES),
        *(Case(*shapes, p, family="normal") for shapes in LARGE_SHAPES for p in CASE_PADDINGS),
    )
    if math.prod(case.kernel) * unit_roundoff(dtype_by_name(case.dtype)) < 0.5
)
SHAPED = {
    padding: tuple(
        replace(case, covering=True)
        for case in PLAIN_CASES
        if case.padding == padding and case.dtype == "float32"
    )
    for padding in CASE_PADDINGS
}
FEW_CASES = tuple(
    Case(*shapes, padding) for padding in CASE_PADDINGS for shapes in (SHAPES[1], SHAPES[5])
)
# In each other dtype: memory that calls share may be kept by dtype.
FEW_OF_EACH_DTYPE = FEW_CASES + tuple(
    case for case in _square(CASE_PADDINGS, SHAPES[1:2], DTYPES) if case.dtype != "float32"
)
LAID_OUT = tuple(
    replace(case, memory=memory, dtype=dtype)
    for case, memory, dtype in product(FEW_CASES[::2], MEMORY_LAYOUTS, ("float32", "float64"))
) + tuple(
    replace(case, memory=memory, only=operand)
    for case in FEW_CASES[::2]
    for memory, operand in (*product(MEMORY_LAYOUTS, ONE), ("repeated", "image"))
)
VIEWED = tuple(
    replace(case, memory=memory, only=operand)
    for case in FEW_CASES[::2]
    for memory, operand in product(VIEWS, ONE)
)
DTYPED = tuple(
    Case((6, 7), (3, 3), padding, dtype) for padding in CASE_PADDINGS for dtype in FLOATS
)
