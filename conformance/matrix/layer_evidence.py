"""A failure of a layer as its arrays and a script that shows it: the adapter's call, and the bound.

The script imports the adapter, and holds it to the stored result within the stored bound.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.backends.registry import import_snippet
from conv2d_conformance.cases.layer_tables import FULL
from conv2d_conformance.checks.layer_assertions import bound_of, gradient_bound
from conv2d_conformance.definition.layers import four
from conv2d_conformance.matrix.layer_script import render
from conv2d_conformance.under_test.gradients import expected_gradients, make_cotangent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array, Exact, Floats
    from conv2d_conformance.matrix.script import About
    from conv2d_conformance.under_test.backend import BackendUnderTest


@dataclass(frozen=True)
class Part:
    """One array that the call returns, what it must be, and how far it may be off.

    ``of`` is "" for the result, or the operand by which it is the gradient; ``rest`` is what
    float64 does not hold of ``expected``.
    """

    of: str
    result: Array | None
    expected: Array
    rest: Array
    bound: Array
    dtype: str

    @property
    def differs(self) -> bool:
        """Whether it is not what it must be."""
        found = self.result
        if found is None or (found.shape, found.dtype.name) != (self.expected.shape, self.dtype):
            return True
        error = np.abs((found.astype(np.float64) - self.expected) - self.rest)
        return not (error <= self.bound).all()


@dataclass(frozen=True)
class LayerEvidence:
    """A layer, what the adapter is imported by, and what was returned."""

    layer: Layer
    adapter: str
    cotangent: Array | None
    parts: tuple[Part, ...]

    def files(self, about: About) -> tuple[dict[str, Any], str]:
        """The arrays by name, and the script."""
        stored: dict[str, Any] = {"padding": self.layer.padding, "options": str(self.layer.options)}
        operands = (*self.layer.arrays(), self.cotangent)
        for name, a in zip(("img", "k", "cotangent"), operands, strict=True):
            stored |= {} if a is None else {name: _packed(a)}
        for part in self.parts:
            tail = f"_by_{part.of}" if part.of else ""
            result = "none" if part.result is None else _packed(part.result)
            stored |= {f"result{tail}": result}
            stored |= {f"expected{tail}": part.expected, f"rest{tail}": part.rest}
            stored |= {f"bound{tail}": part.bound}
        wanted = tuple(part.of for part in self.parts)
        return stored, render(self.layer, self.adapter, wanted, about)


def build_layer_evidence(subject: BackendUnderTest, layer: Layer) -> LayerEvidence | None:
    """What the call returns for a layer, less what of it is right; all if that is all.

    None for a layer of which only blocks are judged: the whole takes the reference minutes; and for
    one that more follows, which the call alone would not show.
    """
    if layer.followed or layer in FULL:
        return None
    cotangent = make_cotangent(subject, layer) if layer.differentiated else None
    parts = [_result(subject, layer)]
    if cotangent is not None:
        parts += _gradients(subject, layer, cotangent)
    wrong = [part for part in parts if part.differs] or parts
    return LayerEvidence(layer, import_snippet(subject.name, call=""), cotangent, tuple(wrong))


def _result(subject: BackendUnderTest, layer: Layer) -> Part:
    result = None
    with suppress(Exception):
        result = subject.layers.call(layer)
    exact = subject.layers.exact(layer)
    bound = bound_of(subject, layer, exact)
    return _part(layer, "", result, exact, bound, subject.layers.size(layer))


def _gradients(subject: BackendUnderTest, layer: Layer, cotangent: Array) -> Iterator[Part]:
    found: tuple[Array | None, Array | None] = (None, None)
    with suppress(Exception):
        found = subject.layers.gradients(layer, cotangent)
    by_img, by_k = expected_gradients(subject, layer, cotangent)
    bounds = [
        gradient_bound(subject, layer, which, four(cotangent), exact)
        for which, exact in (("image", by_img), ("kernel", by_k))
    ]
    yield _part(layer, "img", found[0], by_img, bounds[0], layer.shapes[0])
    # The reference is the gradient by the kernel as the call reads it, the call's by what it got.
    order = subject.layers.reads(np.arange(prod(layer.shapes[1])).reshape(layer.shapes[1]))
    value, low, bound = (_back(a, order) for a in (by_k.value, by_k.low, bounds[1]))
    by_k = replace(by_k, value=value, low=low)
    yield _part(layer, "k", found[1], by_k, bound, layer.shapes[1])


def _back(values: Floats, order: Array) -> Floats:
    """Flat, each value where ``order`` took it from."""
    made = np.empty(values.size)
    made[order.ravel()] = values.ravel()
    return made


def _part(
    layer: Layer,
    of: str,
    result: Array | None,
    exact: Exact,
    bound: Floats,
    shape: tuple[int, ...],
) -> Part:
    value, rest, allowed = (a.reshape(shape) for a in (exact.value, exact.low, bound))
    return Part(of, result, value, rest, allowed, layer.dtype)


def _packed(a: Array) -> Array:
    """As NumPy can store it: bfloat16 by its bits."""
    return a.view(np.uint16) if a.dtype.name == "bfloat16" else a
