"""Writes which combinations of options no layer holds: ``python -m tests.helpers.layer_coverage``.

Values are classed as code is likely to tell them apart; `CLASSES` has the words.
"""

from __future__ import annotations

from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING

from conv2d_conformance.cases.layer_tables import INTEGERS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from conv2d_conformance.cases.layers import Layer

    Combination = tuple[tuple[str, str], ...]

PAGE = Path(__file__).parents[2] / "conformance" / "coverage.md"
HEAD = """# What the layers cover, and what they leave out

Made by `python -m tests.helpers.layer_coverage`. The layers of clause C1 are sorted by ten
properties. This page says which pairs of values no layer has, and why. For the kernels that code
treats apart it also counts triples. An empty batch, which one layer has, is left aside. A call that
compiles for every shape gets the covering part of these layers, in which each value occurs.

"""
TRIPLES = """
## Triples

Of the other properties, three at a time, for the kernels with code of their own. Most of what does
not occur is rare; each of its pairs occurs, unless it is listed above.

"""
LISTED = tuple(layer for layer in INTEGERS if not layer.channels or layer.channels[0])
# Kernels for which libraries have code of their own.
SPECIAL: dict[str, Combination] = {
    "1x1": (("kernel", "1x1"),),
    "3x3": (("kernel", "3x3"),),
    "7x7": (("kernel", "7x7"),),
    "depthwise": (("groups", "depthwise"),),
}


def _kernel(layer: Layer) -> str:
    rows, columns = layer.kernel
    if rows != columns:
        return "not square"
    return "even" if rows % 2 == 0 else f"{rows}x{columns}"


def _step(pair: tuple[int, int]) -> str:
    if pair[0] != pair[1]:
        return "unequal"
    return "4 or more" if pair[0] > 3 else str(pair[0])


def _channels(layer: Layer) -> tuple[int, int, int, int]:
    return layer.channels or (1, 1, 1, 1)


def _groups(layer: Layer) -> str:
    _, channels, outputs, groups = _channels(layer)
    if groups == 1:
        return "one"
    if groups < channels:
        return "several"
    return "depthwise" if outputs == channels else "depthwise, more outputs"


def _padding(layer: Layer) -> str:
    if isinstance(layer.padding, str):
        return layer.padding
    (top, bottom), (left, right) = layer.padding
    if min(top, bottom, left, right) < 0:
        return "negative"
    return "symmetric" if (top, left) == (bottom, right) else "asymmetric"


def _size(number: int) -> str:
    if number < 2:
        return str(number)
    return next(word for last, word in SIZES.items() if number <= last)


SIZES = {8: "2 to 8", 63: "9 to 63", 10**9: "64 or more"}


def _products(layer: Layer) -> str:
    if layer.terms < 64:
        return "below 64"
    return "64 to 1023" if layer.terms < 1024 else "1024 or more"


def _batch(layer: Layer) -> str:
    images = _channels(layer)[0]
    if images < 2:
        return str(images)
    return "2 to 4" if images < 5 else "5 or more"


CLASSES: dict[str, Callable[[Layer], str]] = {
    "kernel": _kernel,
    "stride": lambda layer: _step(layer.stride),
    "dilation": lambda layer: _step(layer.dilation),
    "groups": _groups,
    "padding": _padding,
    "batch": _batch,
    "channels": lambda layer: _size(_channels(layer)[1]),
    "outputs": lambda layer: _size(_channels(layer)[2]),
    "dtype": lambda layer: layer.dtype,
    "products": _products,
}


def why_left_out(pair: Combination) -> str:
    """Return the reason for which no layer has a pair of values."""
    words = dict(pair)
    if words.get("groups", "one") != "one" and "1" in (words.get("channels"), words.get("outputs")):
        return "One channel or output cannot be split into groups."
    if "products" in words and words.keys() & {"kernel", "groups", "channels", "outputs"}:
        return "The other value allows no such number of products, or only with very many channels."
    return "Rare together; each occurs with other values."


def held(layers: Collection[Layer], factors: Collection[str]) -> set[Combination]:
    """Return the combinations of values of some properties that occur."""
    return {tuple((factor, CLASSES[factor](layer)) for factor in factors) for layer in layers}


def possible(values: dict[str, list[str]], factors: Collection[str]) -> Iterator[Combination]:
    """Yield every combination of values of some properties."""
    for words in product(*(values[factor] for factor in factors)):
        yield tuple(zip(factors, words, strict=True))


def page(layers: Collection[Layer]) -> str:
    """Return the page for some layers."""
    values = {factor: sorted({word(layer) for layer in layers}) for factor, word in CLASSES.items()}
    parts = [HEAD, _values(values), _pairs(layers, values), _triples(layers, values)]
    return "".join(parts)


def _values(values: dict[str, list[str]]) -> str:
    rows = "".join(f"| {factor} | {'; '.join(words)} |\n" for factor, words in values.items())
    return f"| property | values |\n|---|---|\n{rows}"


def _pairs(layers: Collection[Layer], values: dict[str, list[str]]) -> str:
    every = [pair for two in combinations(CLASSES, 2) for pair in possible(values, two)]
    found = {pair for two in combinations(CLASSES, 2) for pair in held(layers, two)}
    text = (
        f"\n## Pairs\n\n{len(found)} of {len(every)} pairs of values occur. No layer has these:\n"
    )
    missing: dict[str, list[str]] = {}
    for pair in every:
        if pair not in found:
            (one, value), (other, word) = pair
            missing.setdefault(why_left_out(pair), []).append(f"{one} {value} with {other} {word}")
    for reason, pairs in missing.items():
        text += f"\n{reason}\n\n" + "".join(f"* {pair}\n" for pair in pairs)
    return text


def _triples(layers: Collection[Layer], values: dict[str, list[str]]) -> str:
    text = TRIPLES + "| kernel | triples that occur | of |\n|---|---|---|\n"
    for name, fixed in SPECIAL.items():
        ((factor, word),) = fixed
        such = [layer for layer in layers if CLASSES[factor](layer) == word]
        threes = list(combinations([other for other in CLASSES if other != factor], 3))
        found = sum(len(held(such, three)) for three in threes)
        every = sum(1 for three in threes for _ in possible(values, three))
        text += f"| {name} | {found} | {every} |\n"
    return text


if __name__ == "__main__":
    PAGE.write_text(page(LISTED), "utf-8")
