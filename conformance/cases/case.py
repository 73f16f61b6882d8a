"""A case: one input of a call, from a plane under a kernel to a transposed layer with options."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from itertools import chain
from math import prod
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from conv2d_conformance.cases import random_data
from conv2d_conformance.cases.memory_layouts import MemoryLayout, Operand, with_memory_layout
from conv2d_conformance.definition.dtypes import dtype_by_name
from conv2d_conformance.definition.padding import Options, Pads, Pair, reach
from conv2d_conformance.definition.shapes import describe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conv2d_conformance.backends.protocol import Operation
    from conv2d_conformance.definition.correlation import Array

# A plane is called with only image, kernel and padding; a layer may have options.
Form = Literal["plane", "layer"]
# Batch, channels, outputs, groups.
Channels = tuple[int, int, int, int]
CASE_PADDINGS = ("valid", "same", "full")
TRANSPOSED = "t-"


@dataclass(frozen=True)
class Case:
    """One input of a call; its `id` is safe in a shell and determines its data.

    Parameters
    ----------
    image, kernel : (int, int)
        (H, W) and (Kh, Kw).
    padding : str or ((int, int), (int, int))
        A word, or explicit pads.
    dtype, family : str
        The numbers that fill the operands.
    memory : str
        Memory layout of the operands, or of the one that ``only`` names.
    operation : str
    form : str
        The format of the id, of two, and the way the data are drawn.
    channels : (int, int, int, int) or None
        Batch, channels, outputs and groups; None stands for operands of two axes.
    stride, dilation : (int, int)
    output_padding : (int, int) or None
        The rows and columns that a transposed convolution's result is longer by. None is the
        framework's default, which may not be zero.
    as_numbers : bool
        Whether a step that is the same along both axes is given as a number: ``stride=2``.
    layout : str
        One of the adapter's native layouts; "" is its default.
    differentiated, followed : bool
        Whether gradients are computed, and whether bias, addition and ReLU follow.
    covering : bool
        Whether the case also runs on calls that compile for every shape. For planes these cases
        form a Latin square: every pair of shape, padding, dtype and family still occurs.
    """

    image: Pair
    kernel: Pair
    padding: str | Pads = "same"
    dtype: str = "float32"
    family: random_data.Family = "integers"
    memory: MemoryLayout = "plain"
    only: Operand = "both"
    operation: Operation = "conv2d"
    form: Form = "plane"
    channels: Channels | None = None
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    output_padding: Pair | None = None
    as_numbers: bool = False
    layout: str = ""
    differentiated: bool = field(default=False, compare=False)
    followed: bool = field(default=False, compare=False)
    covering: bool = field(default=True, compare=False)

    @cached_property
    def id(self) -> str:
        """The parts of the case, without those that have the default."""
        return plane_id(self) if self.form == "plane" else layer_id(self)

    @property
    def padding_word(self) -> str:
        """The padding as a word; explicit pads are written as in the id."""
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
        words: dict[str, Any] = {
            word: self._step(pair) for word, pair in given.items() if pair != (1, 1)
        }
        if self.options.groups > 1:
            words["groups"] = self.options.groups
        if self.output_padding:
            words["output_padding"] = self._step(self.output_padding)
        return words

    def _step(self, pair: Pair) -> int | Pair:
        return pair[0] if self.as_numbers and pair[0] == pair[1] else pair

    @cached_property
    def features(self) -> frozenset[str]:
        """What the case requires of a call, in the words of `Spec.options` and `Spec.refuses`."""
        _, c, _, g = self.channels or (1, 1, 1, 1)
        explicit = not isinstance(self.padding, str)
        steps = zip(self.output_padding or (0, 0), self.stride, strict=True)
        holds = {
            "batch": self.channels is not None,
            "explicit": explicit,
            "negative": self._crops,
            "depthwise": g == c > 1,
            "channels": c > 1,
            "even": not all(m % 2 for m in self.kernel),
            "gradients": self.differentiated,
            "followed": self.followed,
            "past_stride": self.output_padding is not None and any(q >= s for q, s in steps),
            self.dtype: True,
            self.layout: True,
            str(self.padding): not explicit,
        }
        return frozenset(self.keywords) | {word for word, held in holds.items() if held}

    @property
    def _crops(self) -> bool:
        return not isinstance(self.padding, str) and min(chain(*self.padding)) < 0

    @property
    def risky(self) -> bool:
        """Whether something is empty: code for empty operands has ended processes."""
        spans = reach(self.kernel, self.options)
        larger = any(span >= n for span, n in zip(spans, self.image, strict=True))
        return self._crops or larger or (self.channels is not None and 0 in self.channels)

    @property
    def shapes(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Shapes of the operands: (H, W) and (Kh, Kw), or with channels of four axes.

        The kernel of a convolution is (O, C/G, Kh, Kw), that of a transposed one (C, O/G, Kh, Kw).
        """
        if self.channels is None:
            return self.image, self.kernel
        n, c, o, g = self.channels
        kernel = (c, o // g) if self.operation == "conv_transpose2d" else (o, c // g)
        return (n, c, *self.image), (*kernel, *self.kernel)

    @property
    def terms(self) -> int:
        """Most products that are summed for one element; of a transposed layer, with stride 1."""
        _, c, _, g = self.channels or (1, 1, 1, 1)
        return c // g * prod(self.kernel)

    def arrays(self) -> tuple[Array, Array]:
        """Make image and kernel, new ones at each call; ``--seed`` varies them."""
        img, k = _numbers(self._as_drawn)
        return (
            with_memory_layout(img, "plain" if self.only == "kernel" else self.memory, "image"),
            with_memory_layout(k, "plain" if self.only == "image" else self.memory, "kernel"),
        )

    @cached_property
    def _as_drawn(self) -> Case:
        """The case whose id the numbers are drawn by: without what only lays them out."""
        if (self.memory, self.only, self.layout) == ("plain", "both", ""):
            return self
        return replace(self, memory="plain", only="both", layout="")

    def definition(self) -> str:
        """Hash of the id, and of the operands in every byte and stride."""
        return _definition(self, random_data.SEED.get())


def plane_id(case: Case) -> str:
    """``same/6x7-by-2x3/float32``, then what is not the default."""
    parts = [case.padding_word, describe(case.image, case.kernel), case.dtype]
    rest = case.family, case.memory, case.only
    return "/".join(parts + [p for p in rest if p not in {"integers", "plain", "both"}])


def layer_id(case: Case) -> str:
    """``n2c4o6g2/9x10-by-3x2/p1x0x2x1/s2x1/d1x2/float64/normal``, less what is the default.

    A step that is given as a number is one: ``s2``.
    """
    parts = [describe(case.image, case.kernel), case.padding_word]
    if case.channels:
        n, c, o, g = case.channels
        parts.insert(0, f"n{n}c{c}o{o}" + (f"g{g}" if g > 1 else ""))
    steps = {"s": case.stride, "d": case.dilation}
    pairs = {letter: pair for letter, pair in steps.items() if pair != (1, 1)}
    if case.output_padding:
        pairs["o"] = case.output_padding
    parts += [
        f"{letter}{a}" if case.as_numbers and a == b else f"{letter}{a}x{b}"
        for letter, (a, b) in pairs.items()
    ]
    rest = case.family, case.layout, case.memory, case.only
    parts += [case.dtype, *(p for p in rest if p not in {"integers", "", "plain", "both"})]
    return (TRANSPOSED if case.operation == "conv_transpose2d" else "") + "/".join(parts)


@cache
def _definition(case: Case, seed: int) -> str:
    # For a plane, id and seed are hashed; for a layer the seed shows only in its operands.
    return digest(f"{case.id}{seed or ''}" if case.form == "plane" else case.id, case.arrays())


def digest(name: str, arrays: Iterable[Array]) -> str:
    """Return a hash of a name and of every byte and stride of some arrays."""
    made = hashlib.sha256(name.encode())
    for array in arrays:
        made.update(f"{array.dtype.str}{array.shape}{array.strides}".encode())
        made.update(array.tobytes())
    return made.hexdigest()[:16]


def _numbers(case: Case) -> tuple[Array, Array]:
    """Make the numbers; every backend gets the same ones, so small arrays are cached."""
    large = sum(map(prod, case.shapes)) > MAX_CACHED_SIZE
    return (_generate if large else _cached)(case, random_data.SEED.get())


def _generate(case: Case, seed: int) -> tuple[Array, Array]:
    rng = np.random.default_rng([zlib.crc32(case.id.encode()), seed])
    dtype = dtype_by_name(case.dtype)
    if case.form == "plane":
        return random_data.make(case.family, rng, case.image, case.kernel, dtype)
    return random_data.layer_operands(case.family, rng, case.shapes, case.terms, dtype)


MAX_CACHED_SIZE = 2**14
_cached = lru_cache(maxsize=2**12)(_generate)
