"""Finds the precision of a result whose error is larger than its dtype allows."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.diagnosis.search import confirm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conv2d_conformance.definition.correlation import Array, Floats
    from conv2d_conformance.diagnosis.problem import Problem
    from conv2d_conformance.diagnosis.search import Explanation

SINGLE = 2.0**-24
# Significant bits that a format keeps of an operand; what holds in fewer holds in more.
BITS = {"bfloat16": 8, "TF32 or float16": 11}
# Standard errors that the mean error of an output may lie off zero, and still be rounding.
MOST_ERRORS = 8


def with_precision(problem: Problem, found: Explanation) -> Explanation | None:
    """The explanation with what its error shows of the precision, if that is not its dtypes'.

    Operands of fewer bits explain more than a scale or constant. None if the error has structure by
    output or by sign: it is then no rounding.
    """
    if found.fit.roundoff <= problem.roundoff:
        return found
    if found.fit.roundoff <= SINGLE:
        return replace(found, precision="computed in float32")
    for words, again in _on_rounded_operands(problem, found):
        return replace(found, hypothesis=again.hypothesis, precision=words)
    if not _is_like_rounding(problem, found):
        return None
    for name, bits in BITS.items():
        if np.array_equal(round_to_bits(problem.result, bits), problem.result, equal_nan=True):
            return replace(found, precision=f"result rounded to {name}")
    format_of = "TF32 or float16" if found.fit.roundoff <= 2.0**-11 else "bfloat16"
    return replace(found, precision=f"about as precise as {format_of}")


def _is_like_rounding(problem: Problem, found: Explanation) -> bool:
    hypothesis, value = found.hypothesis, found.exact.value
    made = hypothesis.scale * value + hypothesis.bias
    error = problem.undone(hypothesis.turn).astype(np.float64) - made
    groups = [error[:, output] for output in range(error.shape[1])]
    groups += [error[made > 0], error[made < 0]]
    return all(_is_centred(each[np.isfinite(each)]) for each in groups)


def _is_centred(error: Floats) -> bool:
    if error.size < MOST_ERRORS:
        return True
    return bool(abs(error.mean()) <= MOST_ERRORS * error.std() / np.sqrt(error.size))


def _on_rounded_operands(problem: Problem, found: Explanation) -> Iterator[tuple[str, Explanation]]:
    """Yield the formats of operands in which the hypothesis holds in full precision."""
    for words, change in FORMATS.items():
        rounded = replace(problem, img=change(problem.img), k=change(problem.k))
        again = confirm(rounded, replace(found.hypothesis, scale=1.0, bias=0.0))
        if again is not None and again.fit.roundoff <= SINGLE:
            yield words, again


def round_to_bits(a: Array, bits: int) -> Floats:
    """``a`` rounded to nearest, ties to even, to so many significant bits; float64."""
    return _with_bits(a, bits, np.rint)


def truncate_to_bits(a: Array, bits: int) -> Floats:
    """Return ``a`` with so many significant bits and the rest cut off, as some hardware does."""
    return _with_bits(a, bits, np.trunc)


def _with_bits(a: Array, bits: int, to_integer: Callable[[Floats], Floats]) -> Floats:
    fraction, exponent = np.frexp(a.astype(np.float64))
    return np.asarray(np.ldexp(to_integer(fraction * 2.0**bits), exponent - bits))


def _quantise(a: Array) -> Floats:
    """Whole steps of the largest magnitude divided by 127, as symmetric int8."""
    step = float(np.abs(a.astype(np.float64)).max(initial=0.0)) / 127 or 1.0
    return np.asarray(np.rint(a / step) * step)


SHORTENED = {"rounded": round_to_bits, "truncated": truncate_to_bits}
FORMATS: dict[str, Callable[[Array], Floats]] = {
    **{
        f"operands {verb} to {name}": partial(shorten, bits=bits)
        for verb, shorten in SHORTENED.items()
        for name, bits in BITS.items()
    },
    "operands quantised to int8, in steps of the largest / 127": _quantise,
}
