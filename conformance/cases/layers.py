"""A layer: an input with channels, stride, dilation, groups and explicit pads.

Its id describes it and can be typed: ``pytest conformance --layer ID`` runs that layer. The id
of a transposed layer begins with ``t-`` and may have an ``output_padding``: ``o1x0``. A step of
one number is given to the call as that number: ``s2`` as ``stride=2``, ``s2x2`` as a pair.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from conv2d_conformance.cases.case import CASE_PADDINGS, Case, Channels
from conv2d_conformance.definition.dtypes import DTYPES

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Operation
    from conv2d_conformance.cases.random_data import Family
    from conv2d_conformance.definition.padding import Pads, Pair

# A case that `is_layer`.
Layer: TypeAlias = Case
GRAMMAR = (
    r"(?P<transposed>t-)?(n(?P<n>\d+)c(?P<c>\d+)o(?P<o>\d+)(g(?P<g>\d+))?/)?"
    r"(?P<h>\d+)x(?P<w>\d+)-by-(?P<kh>\d+)x(?P<kw>\d+)"
    r"/(?P<padding>valid|same|full|p(-?\d+)x(-?\d+)x(-?\d+)x(-?\d+))"
    r"(/s(?P<s>\d+(x\d+)?))?(/d(?P<d>\d+(x\d+)?))?"
    r"(?(transposed)(/o(?P<output_padding>\d+(x\d+)?))?)"
    rf"(/(?P<dtype>{'|'.join(DTYPES)}))?"
    r"(/(?P<family>integers|small-integers|normal))?(/(?P<layout>[A-Za-z_-]+))?"
)
STEPS = ("s", "d", "output_padding")
EXAMPLE = "n2c4o6g2/9x10-by-3x2/p1x0x2x1/s2x1/d1x2/float64/normal"


class NotALayerError(ValueError):
    """A descriptor is invalid; the message shows a valid one."""


def make_layer(
    image: Pair,
    kernel: Pair,
    padding: str | Pads = "valid",
    channels: Channels | None = None,
    stride: Pair = (1, 1),
    dilation: Pair = (1, 1),
    dtype: str = "float32",
    family: Family = "integers",
    layout: str = "",
    *,
    operation: Operation = "conv2d",
    output_padding: Pair | None = None,
    as_numbers: bool = False,
    covering: bool = True,
) -> Layer:
    """Make a layer; the arguments are fields of `Case`."""
    return Case(
        image,
        kernel,
        padding,
        dtype,
        family,
        form="layer",
        channels=channels,
        stride=stride,
        dilation=dilation,
        layout=layout,
        operation=operation,
        output_padding=output_padding,
        as_numbers=as_numbers,
        covering=covering,
    )


def is_layer(case: object) -> TypeGuard[Layer]:
    """Return whether a case is a layer: it may have options, and has a layer's id."""
    return isinstance(case, Case) and case.form == "layer"


def parse(descriptor: str) -> Layer:
    """Return the layer of a descriptor, transposed if it begins with ``t-``.

    Raises
    ------
    NotALayerError
        If it is invalid, or if channels and groups do not fit.
    """
    found = re.fullmatch(GRAMMAR, descriptor)
    if found is None:
        msg = f"{descriptor!r} is no layer; one is {EXAMPLE}"
        raise NotALayerError(msg)
    made = _from_parts({word: text for word, text in found.groupdict().items() if text is not None})
    _, c, o, g = made.channels or (1, 1, 1, 1)
    if min(g, *made.kernel, *made.stride, *made.dilation) < 1 or c % g or o % g:
        msg = f"{descriptor!r}: groups divide channels and outputs; kernel and steps are at least 1"
        raise NotALayerError(msg)
    return made


def _from_parts(part: dict[str, str]) -> Layer:
    return make_layer(
        (int(part["h"]), int(part["w"])),
        (int(part["kh"]), int(part["kw"])),
        _pads(part["padding"]),
        _channels(part),
        _pair(part.get("s", "1x1")),
        _pair(part.get("d", "1x1")),
        part.get("dtype", "float32"),
        part.get("family", "integers"),  # type: ignore[arg-type]
        part.get("layout", ""),
        operation="conv_transpose2d" if "transposed" in part else "conv2d",
        output_padding=_pair(part["output_padding"]) if "output_padding" in part else None,
        as_numbers=any("x" not in part.get(step, "x") for step in STEPS),
    )


def _pair(text: str) -> Pair:
    one, _, other = text.partition("x")
    return int(one), int(other or one)


def _pads(text: str) -> str | Pads:
    if text in CASE_PADDINGS:
        return text
    top, bottom, left, right = map(int, text[1:].split("x"))
    return (top, bottom), (left, right)


def _channels(part: dict[str, str]) -> Channels | None:
    if "n" not in part:
        return None
    return int(part["n"]), int(part["c"]), int(part["o"]), int(part.get("g", "1"))
