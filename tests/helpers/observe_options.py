"""Run in a process of one framework: what an adapter makes of options, as JSON.

``python -m tests.helpers.observe_options torch.nn.functional.conv2d`` prints, for each question,
the cases that answered it wrongly; ``few`` behind it spares a call whose every case compiles C++.
"""

from __future__ import annotations

import json
import sys
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.backends import registry
from tests.helpers import naive_planes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conv2d_conformance.backends.protocol import (
        Array,
        Differentiable,
        Padding,
        Pads,
        Pair,
        Spec,
    )

    Answers = dict[str, list[str]]


@dataclass(frozen=True)
class Case:
    """Two images of some channels under some filters; ``same`` comes in all parities."""

    padding: Padding | Pads
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    groups: int = 1
    channels: int = 4
    filters: int = 3
    image: Pair = (8, 9)
    kernel: Pair = (3, 2)

    @property
    def options(self) -> dict[str, Any]:
        return {"stride": self.stride, "dilation": self.dilation, "groups": self.groups}

    def words(self) -> set[str]:
        """What a spec may refuse this case for."""
        named = {
            "stride": self.stride != (1, 1),
            "dilation": self.dilation != (1, 1),
            "groups": self.groups > 1,
            "explicit": isinstance(self.padding, tuple),
            "negative": min(min(p) for p in self.around()) < 0,
            "channels": self.channels > 1,
            "depthwise": self.groups == self.channels > 1,
            "even": not all(n % 2 for n in self.kernel),
            str(self.padding): True,
            "float32": True,
        }
        return {word for word, holds in named.items() if holds}

    def around(self) -> list[Pair]:
        return naive_planes.pads(self.padding, self.image, self.kernel, self.stride, self.dilation)

    def operands(self) -> tuple[Array, Array]:
        shape = self.filters, self.channels // self.groups, *self.kernel
        return integers(1, (2, self.channels, *self.image)), integers(2, shape)

    def correlate(self, x: Array, k: Array, groups: int) -> Array:
        return naive_planes.correlate(x, k, self.around(), self.stride, self.dilation, groups)


CASES = (
    Case("valid"),
    Case("valid", (2, 1), channels=1),
    Case("same", (2, 2), kernel=(4, 3)),
    Case("same", (3, 2), image=(7, 10)),
    Case("same", dilation=(1, 2)),
    Case("same", (2, 3), groups=4, filters=8),
    Case("same", (2, 2), (2, 1)),
    Case("full", dilation=(2, 1)),
    Case("full", (1, 2), groups=2, filters=6),
    Case("valid", dilation=(2, 2), groups=2, filters=6),
    Case("valid", (2, 2), kernel=(1, 1)),
    Case(((1, 1), (2, 2)), (2, 1)),
    Case(((1, 0), (0, 2)), (1, 2)),
    Case(((-1, 0), (1, -2))),
    Case(((-1, -1), (-1, -1))),
)


def integers(seed: int, shape: tuple[int, ...]) -> Array:
    """Small enough that every sum of them is exact in float32."""
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(np.float32)


def listed(spec: Spec, words: set[str]) -> bool:
    optional = {"stride", "dilation", "groups", "explicit", "negative", "output_padding"} & words
    paddings = {"valid", "same", "full"} & words
    return optional <= set(spec.options) and paddings <= set(spec.paddings)


def refused(spec: Spec, words: set[str]) -> bool:
    return any(set(combination) <= words for combination in spec.refuses)


def answer(call: Callable[[], Any], expected: Any) -> str | None:
    """What is wrong with the answer, or None."""
    try:
        found = call()
    except Exception as error:  # noqa: BLE001  (an answer like any other)
        return f"{type(error).__name__}: {str(error)[:200]}"
    return None if np.array_equal(found, expected) else f"{found}, not {expected}"


def observe(name: str, *, few: bool) -> Answers:
    adapter: Any = registry.load(name)
    wrong: Answers = {"values": [], "planes": [], "gradients": [], "refusals": []}
    for layout in adapter.spec.layouts[: 1 if few else None]:
        made = type(adapter)(layout=layout)
        for case in CASES[:: 5 if few else 1]:
            for question, words, call, expected in questions(made, case):
                found = answer(call, expected)
                kind = wrongly_declared(made.spec, words | {layout}, found, question)
                if kind:
                    wrong[kind].append(f"{layout}, {astuple(case)}: {found}")
    return wrong


def wrongly_declared(spec: Spec, words: set[str], found: str | None, question: str) -> str | None:
    """The question that was answered wrongly, or None."""
    if not listed(spec, words):
        return None if found else "refusals"
    # Where the sides of an axis are one number, padding is refused by what it is, not by a word.
    return question if found and not refused(spec, words) and "pad first" not in found else None


def questions(adapter: Differentiable, case: Case) -> Iterator[tuple[str, set[str], Any, Array]]:
    x, k = case.operands()
    yield (
        "values",
        case.words(),
        lambda: adapter.conv2d(x, k, case.padding, **case.options),
        case.correlate(x, k, case.groups),
    )
    one = {**case.options, "groups": 1}
    yield (
        "planes",
        case.words() - {"groups", "depthwise", "channels"},
        lambda: adapter.conv2d(x[0, 0], k[0, 0], case.padding, **one),
        case.correlate(x[:1, :1], k[:1, :1], 1)[0, 0],
    )
    if adapter.spec.differentiates:
        yield (
            "gradients",
            case.words() | {"gradients"},
            lambda: products(adapter, case),
            expected_products(case),
        )


def products(adapter: Differentiable, case: Case) -> Array:
    """``<u, dx>`` and ``<v, dk>`` in directions of integers: exact."""
    (x, k), (u, v) = case.operands(), directions(case)
    g = integers(5, case.correlate(x, k, case.groups).shape)
    dx, dk = adapter.gradients(x, k, case.padding, g, **case.options)
    return np.array([np.vdot(u, dx), np.vdot(v, dk)])


def expected_products(case: Case) -> Array:
    """``<conv(u, k), g>`` and ``<conv(x, v), g>``, for the operation is bilinear."""
    (x, k), (u, v) = case.operands(), directions(case)
    y = case.correlate(u, k, case.groups)
    g = integers(5, y.shape)
    return np.array([np.vdot(y, g), np.vdot(case.correlate(x, v, case.groups), g)])


def directions(case: Case) -> tuple[Array, Array]:
    x, k = case.operands()
    return integers(3, x.shape), integers(4, k.shape)


if __name__ == "__main__":
    print(json.dumps(observe(sys.argv[1], few="few" in sys.argv[2:])))
