"""A layer: one input with channels, stride, dilation, groups and explicit pads.

Its id is a descriptor that can be typed: ``pytest conformance --layer ID`` runs that one.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from conv2d_conformance.cases import random_data
from conv2d_conformance.cases.planes import CASE_PADDINGS, digest
from conv2d_conformance.definition.dtypes import dtype_by_name, largest_exact
from conv2d_conformance.definition.padding import Options, Pads, Pair

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Operation
    from conv2d_conformance.definition.correlation import Array

# Batch, channels, outputs, groups.
Channels = tuple[int, int, int, int]
GRAMMAR = (
    r"(n(?P<n>\d+)c(?P<c>\d+)o(?P<o>\d+)(g(?P<g>\d+))?/)?"
    r"(?P<h>\d+)x(?P<w>\d+)-by-(?P<kh>\d+)x(?P<kw>\d+)"
    r"/(?P<padding>valid|same|full|p(-?\d+)x(-?\d+)x(-?\d+)x(-?\d+))"
    r"(/s(?P<s>\d+x\d+))?(/d(?P<d>\d+x\d+))?{more}"
    r"(/(?P<dtype>float16|bfloat16|float32|float64))?"
    r"(/(?P<family>integers|small-integers|normal))?(/(?P<layout>[A-Za-z_-]+))?"
)
EXAMPLE = "n2c4o6g2/9x10-by-3x2/p1x0x2x1/s2x1/d1x2/float64/normal"


@dataclass(frozen=True)
class Layer:
    """One input of a layer; ``channels`` None stands for operands of two axes.

    ``layout`` names one of the adapter's native layouts, "" the one that it has by default; of a
    ``differentiated`` layer the gradients are asked for, and bias, addition and ReLU come after a
    ``followed`` one. Where a call compiles for every shape, only ``covering`` layers run.
    """

    prefix: ClassVar[str] = ""
    operation: ClassVar[Operation] = "conv2d"
    # What its descriptor may hold behind the dilation.
    more: ClassVar[str] = ""

    image: Pair
    kernel: Pair
    padding: str | Pads = "valid"
    channels: Channels | None = None
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    dtype: str = "float32"
    family: random_data.Family = "integers"
    layout: str = ""
    differentiated: bool = field(default=False, compare=False)
    followed: bool = field(default=False, compare=False)
    covering: bool = field(default=True, compare=False)

    @cached_property
    def id(self) -> str:
        """As `EXAMPLE`, less what is the default."""
        parts = ["{}x{}-by-{}x{}".format(*self.image, *self.kernel), self.padding_word]
        if self.channels:
            n, c, o, g = self.channels
            parts.insert(0, f"n{n}c{c}o{o}" + (f"g{g}" if g > 1 else ""))
        parts += [f"{word}{a}x{b}" for word, (a, b) in self.pairs.items()]
        parts.append(self.dtype)
        return self.prefix + "/".join(
            parts + [p for p in (self.family, self.layout) if p not in ("integers", "")]
        )

    @property
    def pairs(self) -> dict[str, Pair]:
        """What the id has as pairs, by the letter before them."""
        given = {"s": self.stride, "d": self.dilation}
        return {word: pair for word, pair in given.items() if pair != (1, 1)}

    @property
    def padding_word(self) -> str:
        """The padding, as the id has it."""
        if isinstance(self.padding, str):
            return self.padding
        return "p" + "x".join(map(str, chain(*self.padding)))

    @property
    def options(self) -> Options:
        """Stride, dilation and groups."""
        return Options(self.stride, self.dilation, self.channels[3] if self.channels else 1)

    @property
    def keywords(self) -> dict[str, Any]:
        """The options that are not the default, as the call takes them."""
        given = {"stride": self.stride, "dilation": self.dilation}
        pairs: dict[str, Any] = {word: pair for word, pair in given.items() if pair != (1, 1)}
        return pairs | ({"groups": self.options.groups} if self.options.groups > 1 else {})

    @cached_property
    def features(self) -> frozenset[str]:
        """What the layer asks of a call, in the words of `Spec.options` and `Spec.refuses`."""
        _, c, _, g = self.channels or (1, 1, 1, 1)
        explicit = not isinstance(self.padding, str)
        holds = {
            "batch": self.channels is not None,
            "explicit": explicit,
            "negative": explicit and min(chain(*self.padding)) < 0,
            "depthwise": g == c > 1,
            "channels": c > 1,
            "even": not all(m % 2 for m in self.kernel),
            "gradients": self.differentiated,
            self.dtype: True,
            self.layout: True,
            str(self.padding): not explicit,
        }
        return frozenset(self.keywords) | {word for word, held in holds.items() if held}

    @property
    def risky(self) -> bool:
        """Whether code for what is empty has its turn: some of it has ended the process."""
        spans = (d * (m - 1) + 1 for m, d in zip(self.kernel, self.dilation, strict=True))
        negative = not isinstance(self.padding, str) and min(chain(*self.padding)) < 0
        larger = any(span > n for span, n in zip(spans, self.image, strict=True))
        return negative or larger or (self.channels is not None and 0 in self.channels)

    @property
    def shapes(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Shapes of image and kernel."""
        if self.channels is None:
            return self.image, self.kernel
        n, c, o, g = self.channels
        return (n, c, *self.image), (o, c // g, *self.kernel)

    @property
    def terms(self) -> int:
        """Most products that are summed for one element."""
        return prod(self.shapes[1][-3:])

    def arrays(self) -> tuple[Array, Array]:
        """Image (H, W) or (N, C, H, W) and kernel (Kh, Kw) or (O, C/G, Kh, Kw), made anew."""
        name, seed = (
            zlib.crc32(self.id.removesuffix(f"/{self.layout}").encode()),
            random_data.SEED.get(),
        )
        rng = np.random.default_rng([name, seed])
        shapes = self.shapes
        if self.family != "normal":
            limit = min(largest_exact(dtype_by_name(self.dtype)), 2**40)
            top = max(int((limit / max(self.terms, 1)) ** 0.5), 1)
            top = 3 if self.family == "small-integers" else top
            made = [rng.integers(1, top + 1, s) * rng.choice([-1, 1], s) for s in shapes]
        else:
            made = [rng.standard_normal(shape) for shape in shapes]
        return made[0].astype(dtype_by_name(self.dtype)), made[1].astype(dtype_by_name(self.dtype))

    def definition(self) -> str:
        """Hash of the id and the operands."""
        return digest(self.id, self.arrays())


class NotALayerError(ValueError):
    """A descriptor cannot be read; the message shows one that can."""


def parse(descriptor: str, kind: type[Layer] = Layer) -> Layer:
    """The layer that a descriptor names, less the prefix of its kind.

    Raises
    ------
    NotALayerError
        If it is none, or if channels and groups do not fit.
    """
    found = re.fullmatch(GRAMMAR.replace("{more}", kind.more), descriptor)
    if found is None:
        msg = f"{descriptor!r} is no layer; one is {EXAMPLE}"
        raise NotALayerError(msg)
    part = {word: value for word, value in found.groupdict().items() if value is not None}
    more = {word: _pair(part[word]) for word in ("output_padding",) if word in part}
    made: Layer = kind(
        (int(part["h"]), int(part["w"])),
        (int(part["kh"]), int(part["kw"])),
        _pads(part["padding"]),
        _channels(part),
        _pair(part.get("s", "1x1")),
        _pair(part.get("d", "1x1")),
        part.get("dtype", "float32"),
        part.get("family", "integers"),  # type: ignore[arg-type]
        part.get("layout", ""),
        **more,  # type: ignore[arg-type]
    )
    _, c, o, g = made.channels or (1, 1, 1, 1)
    if min(g, *made.kernel, *made.stride, *made.dilation) < 1 or c % g or o % g:
        msg = f"{descriptor!r}: groups divide channels and outputs; kernel and steps are at least 1"
        raise NotALayerError(msg)
    return made


def _pair(text: str) -> Pair:
    one, other = map(int, text.split("x"))
    return one, other


def _pads(text: str) -> str | Pads:
    if text in CASE_PADDINGS:
        return text
    top, bottom, left, right = map(int, text[1:].split("x"))
    return (top, bottom), (left, right)


def _channels(part: dict[str, str]) -> Channels | None:
    if "n" not in part:
        return None
    return int(part["n"]), int(part["c"]), int(part["o"]), int(part.get("g", "1"))
