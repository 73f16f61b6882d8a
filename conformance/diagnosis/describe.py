"""Describes how a hypothesis deviates from the plain call, and how simple it is."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from conv2d_conformance.diagnosis.hypothesis import TURNED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.correlation import Orientation
    from conv2d_conformance.definition.padding import Align
    from conv2d_conformance.diagnosis.hypothesis import Hypothesis

# The words for a deviation, and its weight: about 1, more for rare ones.
Deviation = tuple[str, float]


def list_deviations(found: Hypothesis, expected: Orientation = "correlation") -> list[Deviation]:
    """Every deviation from the plain ``expected`` with zeros outside, ``valid``, ``same`` or
    ``full``; empty for the plain call itself.
    """  # noqa: D205  (one sentence)
    return [
        *((words, 1.5) for words in found.layout),
        *_kernel(found, expected),
        *_geometry(found, expected),
        *_boundary(found),
        *_result(found),
    ]


def weight(found: Hypothesis, expected: Orientation = "correlation") -> float:
    """Return the weight of its deviations; of equally good hypotheses the lightest comes first."""
    pads = sum(abs(side) for pair in found.pads for side in pair)
    return sum(w for _, w in list_deviations(found, expected)) + 1e-6 * pads


def default_anchor(orientation: Orientation) -> Align:
    """Return the default side of an odd pixel under ``same``; a rotated kernel swaps it."""
    return "lower" if orientation == "convolution" else "upper"


def _kernel(found: Hypothesis, expected: Orientation) -> Iterator[Deviation]:
    if found.orientation == expected:
        return
    # To someone who expects a convolution the kernel as it is lacks the rotation.
    if expected == "convolution" and found.orientation == "correlation":
        yield "kernel not rotated: a cross-correlation", 1
    else:
        order = list(TURNED).index(found.orientation)
        yield f"kernel {TURNED[found.orientation]}", 1 + order / 50


def _geometry(found: Hypothesis, expected: Orientation) -> Iterator[Deviation]:
    options = found.options
    if options.stride != (1, 1):
        yield f"stride {_pair(options.stride)}", 1
    if options.dilation != (1, 1):
        yield f"dilation {_pair(options.dilation)}", 1
    usual = default_anchor(found.orientation if found.turn == "correlation" else expected)
    other = found.padding((usual,))
    if other and "stride" not in other:
        return
    other = other or found.padding()
    if other and other.startswith(f"same-{usual}"):
        yield "same padded as with stride 1, as padding=K//2 does", 1.04
    elif other:
        side = "before" if "lower" in other else "after"
        also = ", padded as with stride 1" if "stride" in other else ""
        yield f"other anchor: the odd pixel of same is {side} the image{also}", 1.05
    elif (shift := found.shift()) is not None:
        yield f"shifted by ({shift[0]}, {shift[1]})", 1.1 + 0.01 * sum(map(abs, shift))
    else:
        yield _padded(found), 1.2


def _padded(found: Hypothesis) -> str:
    (top, bottom), (left, right) = found.pads
    sides = {"top": top, "bottom": bottom, "left": left, "right": right}
    if all(side <= 0 for side in sides.values()):
        cut = {name: -side for name, side in sides.items() if side}
        return "valid, cropped: " + ", ".join(f"{name} {n}" for name, n in cut.items())
    return "padded by " + ", ".join(f"{name} {n}" for name, n in sides.items())


def _boundary(found: Hypothesis) -> Iterator[Deviation]:
    if found.boundary != "zeros" and found.outside:
        yield f"boundary {found.boundary}, not zeros", 1.0


def _result(found: Hypothesis) -> Iterator[Deviation]:
    if found.turn == "convolution" and found.orientation == "correlation":
        yield "operands swapped, which is the result rotated by 180°", 1.4
    elif found.turn != "correlation":
        yield f"result {TURNED[found.turn]}", 1.5
    if found.scale == -1:
        yield "negated", 1.2
    elif found.scale != 1:
        yield f"scaled by {number(found.scale)}", 1.2
    if found.bias:
        yield f"a constant {number(found.bias)} added", 1.2


def number(value: float) -> str:
    """Format a number for a reader: 0.25, but 1/9 rather than 0.111111."""
    short = f"{value:.6g}"
    if len(short) < 6:
        return short
    near = Fraction(value).limit_denominator(64)
    if near and abs(float(near) / value - 1) < 1e-6:
        return str(near)
    return short


def _pair(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}x{pair[1]}"
