"""Names the cause of a wrong result: precision, bias, a misreading, or lost products."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition.dtypes import is_float
from conv2d_conformance.diagnosis import describe, locate_differences, precision_loss
from conv2d_conformance.diagnosis.diagnose import IncompatibleShapesError, diagnose_result
from conv2d_conformance.diagnosis.misreadings.explain import LOWERED
from conv2d_conformance.testing.lost_products import find_lost_products

if TYPE_CHECKING:
    from conv2d_conformance.definition.arrays import Array, Floats
    from conv2d_conformance.definition.sums.exact_sums import Exact
    from conv2d_conformance.diagnosis.diagnose import Diagnosis
    from conv2d_conformance.testing.requested import Requested

# Products of the result that the search for misreadings is made for: it takes some seconds there.
MAX_PRODUCTS = 3 * 10**7
FAST = (
    "The error is that of rounded sums, as of an FFT or another fast algorithm; if the call "
    "computes so, say algorithm='fft'."
)


def explain(wanted: Requested, result: Array, exact: Exact, bound: Floats, wrong: Array) -> str:
    """Return what explains a wrong result, by the first plane of it that is wrong.

    Parameters
    ----------
    wanted : Requested
    result, bound, wrong : ndarray, (N, O, Oh, Ow)
    exact : Exact
    """
    if not result.any():
        return "It is all zeros."
    image, output = (int(i) for i in np.argwhere(wrong)[0][:2])
    one = wanted.one_output(image, output)
    plane = result[image, output]
    if cause := _of_range(plane, exact.value[image, output], wrong[image, output]):
        return cause
    lacking = (exact.value - result.astype(np.float64) + exact.low)[image, output]
    here = bound[image, output], wrong[image, output]
    # The search for a misreading takes longest, so it comes last.
    return (
        _of_precision(one, plane)
        or _of_bias(wanted, one, plane, output)
        or find_lost_products(one, lacking, *here)
        or _of_roll(exact, bound, result)
        or _of_reading(one, plane)
        or _of_size(wanted, result, exact, wrong)
    )


def _of_range(plane: Array, exact: Floats, wrong: Array) -> str | None:
    """Name what is not finite, or does not fit an integer."""
    if is_float(plane.dtype):
        lost = wrong & ~np.isfinite(plane.astype(np.float64))
        return "It holds NaN or infinity where no operand does." if lost.any() else None
    limits = np.iinfo(plane.dtype)
    outside = wrong & ((exact < limits.min) | (exact > limits.max))
    if not outside.any():
        return None
    clipped = (plane == np.clip(exact, limits.min, limits.max))[outside].all()
    return f"The sum does not fit {plane.dtype}: it {'saturates' if clipped else 'wraps around'}."


def _within(one: Requested, plane: Array) -> bool:
    """Return whether a plane is what is requested, within its bound."""
    exact = one.exact()
    error = exact.error_of(plane[None, None])
    return bool((error <= one.bound(exact, plane.dtype)).all())


def _of_precision(one: Requested, plane: Array) -> str | None:
    """Name the format that operands or result were rounded to, if that explains every element."""
    for (name, bits), shorten in product(
        precision_loss.BITS.items(), precision_loss.SHORTENED.values()
    ):
        x, k = (shorten(a, bits).astype(a.dtype) for a in (one.x, one.k))
        if _within(replace(one, x=x, k=k), plane):
            return f"The operands were rounded to {name}."
    exact = one.exact().value[0, 0]
    for (name, bits), shorten in product(
        precision_loss.BITS.items(), precision_loss.SHORTENED.values()
    ):
        held = shorten(plane, bits)
        near = np.abs(held - exact) <= 2.0 ** (1 - bits) * np.abs(exact)
        if np.array_equal(held, plane.astype(np.float64)) and near.all():
            return f"The result was rounded to {name}."
    return None


def _of_bias(wanted: Requested, one: Requested, plane: Array, output: int) -> str | None:
    """Name what was added instead of the bias."""
    bias = float(one.bias[0])
    others = {0.0: "without the bias", 2 * bias: "with the bias twice", -bias: "less the bias"}
    for number, each in enumerate(wanted.bias):
        others.setdefault(float(each), f"with the bias of output {number}")
    others.pop(bias, None)
    for added, words in others.items():
        if _within(replace(one, bias=np.array([added])), plane):
            return f"It is the result {words}, of output {output}."
    return None


def _of_roll(exact: Exact, bound: Floats, result: Array) -> str | None:
    """Name by how much the right result was rolled: what leaves at one side enters at the other."""
    for shift in product((0, 1, -1), (0, 1, -1)):
        back = np.roll(result, (-shift[0], -shift[1]), (2, 3))
        if any(shift) and (exact.error_of(back) <= bound).all():
            return f"It is the right result, rolled by {shift}."
    return None


def _of_reading(one: Requested, plane: Array) -> str | None:
    """Name the misreading that the search of the diagnosis finds."""
    if plane.size * prod(one.k.shape) > MAX_PRODUCTS or not np.isfinite(plane.astype(float)).all():
        return None
    without = plane[None, None] if not one.bias.any() else plane[None, None] - one.bias
    found = diagnose_result("it", one.x, one.k, without, "correlation")
    return _words(one, found)


def _words(one: Requested, found: Diagnosis) -> str | None:
    """Return how the diagnosed call deviates from the requested one; None if it does not."""
    if found.best is None:
        return None
    problem = found.problem
    asked = replace(
        problem.hypothesis("correlation"),
        options=replace(one.options, groups=1),
        before=(one.pads[0][0], one.pads[1][0]),
        boundary=one.boundary,
    )
    usual = {words for words, _ in describe.list_deviations(asked)}
    words = [each for each in found.deviations(found.best) if each not in usual]
    if not words and found.best.hypothesis.boundary != one.boundary:
        words = [f"boundary {found.best.hypothesis.boundary}, not {one.boundary}"]
    return f"It is the result with another reading: {'; '.join(words)}." if words else None


def _of_size(wanted: Requested, result: Array, exact: Exact, wrong: Array) -> str:
    """Say where the wrong elements are, and what the size of the error shows."""
    error = exact.error_of(result)
    where = f"Wrong: {locate_differences.part(wrong)}."
    floats = is_float(wanted.x.dtype)
    if floats and (error <= wanted.normwise(exact, wanted.dtype)).all():
        return FAST
    scaled = float(np.max(error / np.where(exact.scale, exact.scale, np.inf)))
    for words, roundoff in LOWERED.items():
        if result.dtype == np.float32 and roundoff / 8 <= scaled <= 2 * roundoff:
            return f"{where} The error is {words}: {scaled:.2g} of |x| ⋆ |k|."
    return f"{where} No other reading of the operands explains it; error {scaled:.2g} of |x| ⋆ |k|."


def explain_shape(wanted: Requested, result: Array) -> str:
    """Return the reading that gives a result of another shape; empty if there is none."""
    if len(wanted.shape) == 4:
        n, o, rows, columns = wanted.shape
        if result.shape == (n, rows, columns, o):
            return "Its channels come last: transpose it to (N, O, Oh, Ow)."
    x, k = (wanted.x[0, 0], wanted.k[0, 0]) if wanted.planes else (wanted.x, wanted.k)
    large = result.size * prod(wanted.k.shape[1:]) > MAX_PRODUCTS
    if wanted.options.groups > 1 or large or not 2 <= result.ndim <= 4 or not result.size:
        return ""
    try:
        found = diagnose_result("it", x, k, result, "correlation")
    except IncompatibleShapesError:
        return ""
    padding = found.best.hypothesis.padding_name if found.best else None
    words = _words(wanted, found) or (padding and f"It is the result with padding {padding!r}.")
    return words or ""
