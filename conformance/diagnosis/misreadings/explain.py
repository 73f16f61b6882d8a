"""Explains a wrong result in one sentence: of planes, layers, gradients and fused layers.

The gate compares these sentences, so another wording shows as a changed verdict.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from conv2d_conformance.definition import error_bounds
from conv2d_conformance.definition.dtypes import dtype_by_name
from conv2d_conformance.definition.layers import four, outputs_first
from conv2d_conformance.definition.padding import linear_extent
from conv2d_conformance.diagnosis.misreadings import (
    gradient_misreadings,
    layer_misreadings,
    plane_misreadings,
    transposed_misreadings,
)
from conv2d_conformance.diagnosis.misreadings.candidates import (
    Candidate,
    first_explaining,
    still_possible,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.conventions import Conventions
    from conv2d_conformance.definition.correlation import Array, Exact, Floats
    from conv2d_conformance.definition.expectation import Expectation

# The size of the error of a float32 result distinguishes these operand precisions.
LOWERED = {"TF32- or float16-like": 2.0**-11, "bfloat16-like": 2.0**-8}


class Closing(NamedTuple):
    """The sentences for a result without an explanation; ``{error}`` is relative to |img| ⋆ |k|."""

    not_finite: str
    unexplained: str


PLANE = Closing(
    "It holds NaN or infinity.",
    "No other orientation, shift or boundary explains it; error {error} of |img| ⋆ |k|.",
)
LAYER = Closing(
    "It holds NaN or infinity, as memory that was never written may.",
    "No other reading of stride, dilation, groups, channels, batch or pads explains it.",
)
# Rows and columns of a block that refutes most misreadings of a large plane at little cost.
BLOCK = 16
# The simplest explanation: on sparse operands a misreading may give zeros too.
ZEROS = "It is all zeros."
OTHER_CROP = "No other reading of kernel, stride, dilation, groups or crop explains it."


def of_plane(
    img: Array,
    k: Array,
    padding: str,
    result: Array,
    *,
    conventions: Conventions,
    direct: bool,
    exact: Exact,
) -> str:
    """The first reading of the operands that explains a plane, or what its error says."""

    def allowed(exact: Exact) -> Floats:
        bound = error_bounds.componentwise(exact, img.dtype)
        if direct:
            return bound
        return np.maximum(bound, error_bounds.normwise(img, k, exact, img.dtype))

    if (exact.error_of(result) <= allowed(exact)).all():
        return "The error is that of rounded sums, as of an FFT or a fast algorithm."
    if not result.any():
        return ZEROS

    def misreadings(size: tuple[int, ...], corner: tuple[int, int] = (0, 0)) -> list[Candidate]:
        found = plane_misreadings.plane_misreadings(img, k, padding, size, conventions, corner)
        return list(found)

    candidates = misreadings(result.shape)
    possible: Iterable[Candidate] = candidates
    if direct and result.size > BLOCK**2:
        block, corner = _wrong_block(~(exact.error_of(result) <= allowed(exact)), result)
        possible = still_possible(candidates, misreadings(block.shape, corner), block, allowed)
    words = first_explaining(possible, result, allowed, usual=exact)
    single = img.dtype == np.float32
    return _equals(words) if words else _size_of_error(exact, result, single, PLANE)


def _wrong_block(wrong: Array, result: Array) -> tuple[Array, tuple[int, int]]:
    """Return the block of a result around its first wrong element, and where it begins."""
    first = np.argwhere(wrong)[0]
    rows, columns = (
        max(0, min(int(at) - BLOCK // 2, n - BLOCK))
        for at, n in zip(first, result.shape, strict=True)
    )
    return result[rows : rows + BLOCK, columns : columns + BLOCK], (rows, columns)


def of_layer(
    case: Layer, result: Array, expectation: Expectation, exact: Exact | None = None
) -> str:
    """The first reading that explains a layer, or what its error says; ``exact`` saves a reference.

    Most readings are refuted by one plane of the result, so that few are made as a whole.
    """
    exact = expectation.exact(case, *case.arrays()) if exact is None else exact
    if case.operation == "conv_transpose2d":
        return _of_transposed(case, result, expectation, exact)
    result = four(result)
    if not result.any():
        return ZEROS
    allowed = _bound_of_layer(case, expectation, dtype_by_name(case.dtype), exact)
    made = partial(layer_misreadings.candidates, case, expectation)
    words = _first_of_layer(made, result, exact, allowed)
    return _equals(words) if words else _closing_of_layer(exact, result, LAYER.unexplained)


def _of_transposed(case: Layer, given: Array, expectation: Expectation, exact: Exact) -> str:
    result = four(given)
    if not result.any():
        return ZEROS
    allowed = _bound_of_layer(case, expectation, result.dtype, exact)
    as_expected = given.shape == expectation.size(case)
    made = partial(transposed_misreadings.candidates, case, expectation, result, as_expected)
    if words := _first_of_layer(made, result, exact, allowed):
        return _equals(words)
    if transposed_misreadings.blank(case, exact, result, allowed):
        return "It equals the reference but for what output_padding adds, which is zeros."
    return _closing_of_layer(exact, result, OTHER_CROP)


def _first_of_layer(
    made: Callable[..., Iterator[Candidate]],
    result: Array,
    exact: Exact,
    allowed: Callable[[Exact], Floats],
) -> str | None:
    """The first candidate that explains a layer, of those that explain one plane of it.

    ``made`` makes them all, or that plane of them: the one with the first wrong element.
    """
    if result.ndim != exact.value.ndim or result.shape[:2] != exact.value.shape[:2]:
        return first_explaining(made(), result, allowed)
    image, output = (0, 0)
    if result.shape == exact.value.shape:
        wrong = ~(exact.error_of(result) <= allowed(exact))
        image, output = (int(i) for i in np.argwhere(wrong)[0][:2]) if wrong.any() else (0, 0)
    plane = result[image : image + 1, output : output + 1]
    parts = made(plane=(image, output))
    return first_explaining(still_possible(made(), parts, plane, allowed), result, allowed)


def _bound_of_layer(
    case: Layer, expectation: Expectation, dtype: np.dtype[Any], usual: Exact
) -> Callable[[Exact], Floats]:
    """The bound of honest summation; of an FFT the norm-wise one where that is the greater.

    For one plane it is the greatest of the norm-wise bounds of all.
    """
    if expectation.direct:
        return lambda exact: error_bounds.componentwise(exact, dtype)
    groups, transposed = case.options.groups, case.operation == "conv_transpose2d"
    img, k = (four(a) for a in case.arrays())
    normwise = partial(
        error_bounds.normwise,
        img,
        outputs_first(k, groups) if transposed else k,
        dtype=dtype,
        groups=groups,
        extent=linear_extent(
            case.image, case.kernel, expectation.pads(case), case.options, transposed=transposed
        ),
    )
    greatest = normwise(usual).max(initial=0)

    def bound(exact: Exact) -> Floats:
        whole = exact.value.shape[:2] == usual.value.shape[:2]
        norm = normwise(exact) if whole else greatest
        return np.maximum(error_bounds.componentwise(exact, dtype), norm)

    return bound


def _closing_of_layer(exact: Exact, result: Array, of_another_shape: str) -> str:
    if result.shape != exact.value.shape:
        return of_another_shape
    return _size_of_error(exact, result, result.dtype == np.float32, LAYER)


def of_gradient(
    case: Layer,
    which: Literal["image", "kernel"],
    cotangent: Array,
    found: Array,
    expectation: Expectation,
) -> str:
    """Return what explains a gradient by the image or by the kernel, given in four axes."""
    if not _finite(found):
        return LAYER.not_finite
    if not found.any():
        return ZEROS
    misreadings = gradient_misreadings.gradient_misreadings(
        case, which, cotangent, found, expectation
    )
    words = first_explaining(
        misreadings, found, lambda exact: error_bounds.componentwise(exact, found.dtype)
    )
    return _equals(words) if words else "No flip, transpose or factor explains it."


def of_fused(result: Array, conv: Array, bias: Array, addend: Array) -> str:
    """Return what explains a layer followed by bias, addition and ReLU; may be empty."""
    bias = bias[:, None, None]
    others = {
        "without the addition": np.maximum(conv + bias, 0),
        "without the bias": np.maximum(conv + addend, 0),
        "without ReLU": conv + bias + addend,
        "with ReLU before the addition": np.maximum(conv + bias, 0) + addend,
        "with the bias after ReLU": np.maximum(conv + addend, 0) + bias,
    }
    equal = (words for words, other in others.items() if np.array_equal(result, other))
    return _equals(words) if (words := next(equal, None)) else ""


def _equals(words: str) -> str:
    return f"It equals the reference {words}."


def _finite(result: Array) -> bool:
    return bool(np.isfinite(result.astype(np.float64)).all())


def _size_of_error(exact: Exact, result: Array, single: bool, closing: Closing) -> str:
    """Return what the size of the error shows, if no misreading explains the result."""
    if not _finite(result):
        return closing.not_finite
    scaled = float(np.max(exact.error_of(result) / np.where(exact.scale, exact.scale, np.inf)))
    for words, roundoff in LOWERED.items():
        if single and roundoff / 8 <= scaled <= 2 * roundoff:
            return f"The error is {words}: {scaled:.2g} of |img| ⋆ |k|."
    return closing.unexplained.format(error=f"{scaled:.2g}")
