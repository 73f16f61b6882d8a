"""Runs what `explain` can print: each distinct text on small integers, against the right result."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.backends.worker import run_snippet
from conv2d_conformance.definition.conventions import output_size
from conv2d_conformance.definition.correlation import correlate, orient, shape_of
from conv2d_conformance.translation.call_facts import CallFacts, snippet_of
from conv2d_conformance.translation.measured import committed
from conv2d_conformance.translation.translate import translations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.translation.translate import Translation

# By the parity that they stand for: an even kernel may have one odd extent.
KERNELS = {"odd": ((3, 5), (5, 1)), "even": ((2, 4), (2, 3), (5, 4))}
IMAGES = ((7, 9), (6, 8))
DTYPES = ("float32", "float64")


@cache
def shipped() -> dict[str, CallFacts]:
    """Every shipped plain convolution, by its committed facts."""
    return {n: CallFacts(n, kept["facts"], snippet_of(n)) for n, kept in committed().items()}


@dataclass(frozen=True)
class Operands:
    """An image and a kernel, integers that no sum of products takes beyond what float16 holds."""

    image: tuple[int, int]
    kernel: tuple[int, int]
    dtype: str

    def arrays(self) -> tuple[Array, Array]:
        rng = np.random.default_rng([*self.image, *self.kernel])
        img, k = (rng.integers(-9, 10, shape) for shape in (self.image, self.kernel))
        return img.astype(self.dtype), k.astype(self.dtype)


def operands(call: CallFacts, parity: str, *, few: bool = False) -> Iterator[Operands]:
    """What a call is run on; a call that compiles for each shape on less."""
    kernels = KERNELS[parity][-1:] if few else KERNELS[parity]
    dtypes = [d for d in DTYPES if d in call.facts["dtypes"]]
    for image in IMAGES[:1] if few else IMAGES:
        for kernel in kernels:
            for dtype in dtypes[:1] if few else dtypes:
                yield Operands(image, kernel, dtype)


def right(of: CallFacts, padding: str, given: Operands) -> Array:
    """The result of a call, by the suite's own reference under its facts."""
    img, k = given.arrays()
    found = of.conventions
    reads = orient(k, found.orientation or "correlation")
    size = output_size(padding, shape_of(img), shape_of(reads))
    before = found.before(padding, shape_of(reads))
    exact = correlate(img, reads, before=before, size=size, boundary=found.boundary or "zeros")
    return exact.value


def differs(result: Array, wanted: Array, call: CallFacts) -> bool:
    """Whether a result is wrong; an FFT's is rounded, for it holds integers."""
    if result.shape != wanted.shape:
        return True
    rounded = result if call.facts["sums_exactly"] else np.rint(result)
    return bool((rounded != wanted).any())


def distinct(calls: Iterable[CallFacts], to: CallFacts) -> list[tuple[CallFacts, Translation]]:
    """Each distinct text by which ``to`` gives what other calls give, with one of those."""
    found: dict[tuple[Any, ...], tuple[CallFacts, Translation]] = {}
    for of in calls:
        meant = repr(of.conventions)
        for each in translations(of, to):
            if each.code is not None:
                found.setdefault((each, meant), (of, each))
    return list(found.values())


def wrong(
    calls: Iterable[CallFacts],
    to: CallFacts,
    run: Callable[[str, Array, Array], Array],
    *,
    few: bool = False,
) -> tuple[int, list[str]]:
    """How many runs of ``to``'s translations there were, and which gave something else."""
    count, found = 0, []
    for of, each in distinct(calls, to):
        for given in operands(to, each.kernel, few=few):
            count += 1
            result = run(str(each.code), *given.arrays())
            if differs(result, right(of, each.padding, given), to):
                found.append(f"{of.name} {each.padding} {given}:\n{each.code}")
    return count, found


def run_here(code: str, img: Array, k: Array) -> Array:
    """What a code makes in this process; the padding stands in it."""
    return run_snippet.run(code, (img, k, "not a padding"))
