"""Misreadings of a transposed layer: an option, an axis or a crop taken for another."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import chain, product
from typing import TYPE_CHECKING

from conv2d_conformance.definition import layers
from conv2d_conformance.definition.correlation import shape_of
from conv2d_conformance.definition.layers import four, outputs_first
from conv2d_conformance.definition.padding import transposed_size
from conv2d_conformance.definition.transposed_padding import CropRule
from conv2d_conformance.diagnosis.misreadings.candidates import Candidate
from conv2d_conformance.diagnosis.misreadings.layer_misreadings import (
    Misreading,
    Plane,
    axes_of,
    identity_order,
    options_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array, Exact, Floats
    from conv2d_conformance.definition.expectation import Expectation
    from conv2d_conformance.definition.padding import Align, Pads
    from conv2d_conformance.definition.transposed_padding import Extra

EXTRAS: dict[Extra, str] = {
    "after": "added after",
    "before": "added before",
    "halved": "taken off a crop that is then halved",
}


def candidates(
    case: Layer,
    expectation: Expectation,
    result: Array,
    as_expected: bool,
    plane: Plane | None = None,
) -> Iterator[Candidate]:
    """The results of wrong readings, or a plane of them, cropped or filled to the result's size.

    Those of an output_padding come first, where their own size is that of the result; then the
    right reading, if the result has not the expected shape.
    """
    right = as_read(case, expectation)
    size = result.shape[2:]
    fitting = (r for r in extras(case, expectation, right) if own_size(r) == size)
    resized = () if as_expected else (right._replace(words="at another size"),)
    for whole in chain(fitting, resized, transposed_misreadings(case, expectation, right)):
        reading = whole.restricted_to(plane)
        yield Candidate(reading.words, partial(_exact_at, reading, size), reading.order)


def own_size(reading: Misreading) -> tuple[int, ...]:
    """Rows and columns of what a reading gives."""
    return transposed_size(
        shape_of(reading.img[0, 0]), shape_of(reading.k[0, 0]), reading.pads, reading.options
    )


def _exact_at(reading: Misreading, size: tuple[int, ...]) -> Exact | None:
    """Return a misreading's result, cropped or filled after to a size; None if it has none."""
    if not reading.fits:
        return None
    k = outputs_first(reading.k, reading.options.groups)
    full = own_size(reading._replace(pads=((0, 0), (0, 0))))
    leads = (before for before, _ in reading.pads)
    sizes = zip(leads, full, size, strict=True)
    rows, columns = ((lead, whole - lead - n) for lead, whole, n in sizes)
    return layers.transpose(reading.img, k, pads=(rows, columns), options=reading.options)


def blank(case: Layer, exact: Exact, result: Array, allowed: Callable[[Exact], Floats]) -> bool:
    """Return whether all but output_padding's last rows and columns is right; these are zeros."""
    more = case.output_padding
    if more is None or exact.value.shape != result.shape:
        return False
    rows, columns = (n - q for n, q in zip(result.shape[2:], more, strict=True))
    right = exact.error_of(result) <= allowed(exact)
    added = result[:, :, rows:].any() or result[..., columns:].any()
    return bool(right[:, :, :rows, :columns].all() and not added)


def extras(case: Layer, expectation: Expectation, right: Misreading) -> Iterator[Misreading]:
    """Yield what an output_padding may have been taken for; equal results count as one."""
    more = case.output_padding
    if more is None:
        return
    rule = _rule_of(expectation)
    other = {
        "ignored": rule.crops(replace(case, output_padding=None)),
        "taken as zero": rule.crops(replace(case, output_padding=(0, 0))),
        "swapped between the axes": rule.crops(replace(case, output_padding=more[::-1])),
        **{words: replace(rule, extra=word).crops(case) for word, words in EXTRAS.items()},
    }
    for pads in dict.fromkeys(other.values()):
        words = ", or ".join(words for words, crop in other.items() if crop == pads)
        if pads != right.pads:
            yield right._replace(words=f"with the output_padding {words}", pads=pads)


def _rule_of(expectation: Expectation) -> CropRule:
    if not isinstance(expectation.rule, CropRule):
        message = f"{expectation.rule} is no rule of a transposed convolution"
        raise TypeError(message)
    return expectation.rule


def as_read(case: Layer, expectation: Expectation) -> Misreading:
    """The right reading: its kernel is (O, C/G, Kh, Kw), and its pads are what is cropped."""
    img, k = (four(a) for a in case.arrays())
    k = outputs_first(expectation.reads(k), case.options.groups)
    return Misreading("", img, k, expectation.pads(case), case.options, identity_order(k))


def transposed_misreadings(
    case: Layer, expectation: Expectation, right: Misreading
) -> Iterator[Misreading]:
    """Wrong readings of a layer."""
    for words, options in options_of(case.options):
        fitting = expectation.pads(replace(case, stride=options.stride, dilation=options.dilation))
        for pads in dict.fromkeys((right.pads, fitting)):
            yield right._replace(words=words, pads=pads, options=options)
    for words, pads in _crops(case, expectation):
        yield right._replace(words=words, pads=pads)
    for words, changes in axes_of(right):
        yield right._replace(words=words, **changes)


def _crops(case: Layer, expectation: Expectation) -> Iterator[tuple[str, Pads]]:
    """Yield other crops before the image; the crop after it follows from the size."""
    rule = _rule_of(expectation)
    align: Align = "lower" if rule.align == "upper" else "upper"
    other = replace(rule, align=align).crops(case)
    (top, bottom), (left, right) = expectation.pads(case)
    if other != ((top, bottom), (left, right)):
        yield "with the odd pixel cropped from the other side", other
    for rows, columns in product((0, 1, -1), repeat=2):
        if rows or columns:
            moved = (top - rows, bottom + rows), (left - columns, right + columns)
            yield f"shifted by ({rows}, {columns})", moved
