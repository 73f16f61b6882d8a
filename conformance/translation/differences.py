"""Describes how two calls differ, in sentences, from their measured facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.backends.protocol import PADDINGS
from conv2d_conformance.definition.conventions import AXES
from conv2d_conformance.definition.numpy_notation import PAD_MODES
from conv2d_conformance.reports.tables.orientation import ORIENTATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.translation.call_facts import CallFacts

SIDES = {"upper": "after the image", "lower": "before the image", None: "where it cannot be told"}
LARGER = {
    "raises": "raises",
    "empty": "gives an empty result",
    "swaps": "swaps image and kernel",
    "zeros": "gives zeros",
    "other values": "gives other values",
}
TURNED = (
    "So for an even kernel under same it is not enough to turn the kernel: the result is one pixel "
    "off. The code below pads by hand."
)


def sentences(a: CallFacts, b: CallFacts) -> list[str]:
    """Return how each call reads its kernel, then each difference, or that there is none."""
    found = [*_anchor(a, b), *_boundary(a, b), *_paddings(a, b), *_larger(a, b)]
    found += [*_dtypes(a, b), *_rounding(a, b)]
    one, other = _words(a), _words(b)
    if one != other:
        return [f"{a.name} {one}; {b.name} {other}.", *found]
    none = f"No difference between {a.name} and {b.name} was measured."
    return [f"Each {one}.", *(found or [none])]


def _words(call: CallFacts) -> str:
    if call.unreadable:
        return call.unreadable
    return ORIENTATIONS[call.facts["orientation"]].words


def _anchor(a: CallFacts, b: CallFacts) -> Iterator[str]:
    if "same" not in a.paddings or "same" not in b.paddings:
        return
    one, other = (_extra(call) for call in (a, b))
    if one != other:
        yield f"For an even kernel, same puts {one} in {a.name}; {other} in {b.name}."
        if a.facts["orientation"] != b.facts["orientation"]:
            yield TURNED
    odd, even = (call.facts["off_centre"] for call in (a, b))
    if odd != even:
        yield f"For an odd kernel, same is off centre by {odd} in {a.name}; {even} in {b.name}."


def _extra(call: CallFacts) -> str:
    rows, columns = (SIDES[call.facts["anchor"][axis]] for axis in AXES)
    if rows == columns:
        return f"the extra row and column {rows}"
    return f"the extra row {rows} and the extra column {columns}"


def _boundary(a: CallFacts, b: CallFacts) -> Iterator[str]:
    one, other = (call.facts["boundary"] for call in (a, b))
    if None not in (one, other) and one != other:
        yield f"Outside the image {a.name} has {_outside(one)}; {b.name} {_outside(other)}."


def _outside(boundary: str) -> str:
    if boundary == "zeros":
        return "zeros"
    return f'np.pad\'s mode="{PAD_MODES[boundary]}"'  # type: ignore[index]  # a boundary's word


def _paddings(a: CallFacts, b: CallFacts) -> Iterator[str]:
    for call, other in ((a, b), (b, a)):
        lacking = [p for p in PADDINGS if p in other.paddings and p not in call.paddings]
        if lacking:
            yield f"{call.name} has no {' and no '.join(lacking)}; {other.name} has."


def _larger(a: CallFacts, b: CallFacts) -> Iterator[str]:
    """Return what ``valid`` does for a kernel larger than the image in both axes."""
    one, other = (call.facts.get("larger_kernel") for call in (a, b))
    if one != other and one in LARGER and other in LARGER:
        yield (
            f"For a kernel larger than the image, valid of {a.name} {LARGER[one]}; "
            f"that of {b.name} {LARGER[other]}. The code below is for kernels that fit."
        )


def _dtypes(a: CallFacts, b: CallFacts) -> Iterator[str]:
    """Yield the input dtypes for which the two calls differ, by what each returns."""
    alike: dict[tuple[str, str], list[str]] = {}
    for dtype in dict.fromkeys((*a.facts["dtypes"], *b.facts["dtypes"])):
        one, other = (_gives(call, dtype) for call in (a, b))
        if one != other:
            same = (word.replace(dtype, "the same") for word in (one, other))
            alike.setdefault((next(same), next(same)), []).append(dtype)
    for (one, other), dtypes in alike.items():
        yield f"Given {', '.join(dtypes)}, {a.name} {one}; {b.name} {other}."


def _gives(call: CallFacts, dtype: str) -> str:
    if dtype not in call.facts["dtypes"]:
        return "refuses"
    return f"returns {call.facts['output_dtypes'][dtype]}"


def _rounding(a: CallFacts, b: CallFacts) -> Iterator[str]:
    for call in (a, b):
        if call.facts["sums_exactly"] is False:
            yield f"{call.name} does not sum directly (FFT): expect equality up to rounding."
