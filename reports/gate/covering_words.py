"""Finds the fewest words that cover some cases, and no other one that was asked."""

from __future__ import annotations

import re
from functools import cache
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

# A check and a case.
Asked = tuple[str, str]

SHAPES = re.compile(r"(?:(\d+)x(\d+)-by-)?(\d+)x(\d+)")
CHANNELS = re.compile(r"n(\d+)c(\d+)o(\d+)(?:g(\d+))?")
OPTION = re.compile(r"([sdo])(\d+)(?:x(\d+))?")
PADS = re.compile(r"p\d+(?:x\d+)*")
OPTIONS = {"s": "stride", "d": "dilation", "o": "output_padding"}
# More words are no shorter than the cases.
MOST_WORDS = 3


def covering_words(cases: Collection[Asked], asked: Collection[Asked]) -> str:
    """Return what ``cases`` have in common, and how much of what was asked has that.

    Returns
    -------
    str
        ``all with 1x1 kernels, stride 2``, ``3 of 5 with `same```, or ``all of them``; empty if
        there is one case only, or if most cases of these words are others. Words are about cases
        with extents.
    """
    if len(cases) > 1 and set(asked) <= set(cases):
        return "all of them"
    cases, asked = ([(check, c) for check, c in some if size(c)] for some in (cases, asked))
    others = set(asked) - set(cases)
    if len(cases) < 2 or not _shared(cases):
        return ""
    words = sorted(_shared(cases), key=_order)
    sets = (set(some) for n in range(1, MOST_WORDS + 1) for some in combinations(words, n))
    exact = next((some for some in sets if not any(some <= traits(o) for _, o in others)), None)
    if exact:
        return f"all with {_listed(exact)}"
    named = set(words[:MOST_WORDS])
    alike = sum(named <= traits(other) for _, other in others)
    if alike > len(cases):
        return ""
    return f"{len(cases)} of {len(cases) + alike} with {_listed(named)}"


def size(case: str) -> int:
    """Return the product of the extents in a case's id; 0 if it has none."""
    found = SHAPES.search(case)
    return prod(int(n) for n in found.groups() if n) if found else 0


def _shared(cases: Collection[Asked]) -> set[str]:
    return set.intersection(*(set(traits(case)) for _, case in cases))


def _listed(words: set[str]) -> str:
    return ", ".join(sorted(words, key=_order))


def _order(word: str) -> tuple[int, str]:
    """Sort kernels first, then options, then the padding, then the rest."""
    kinds = ("kernel", "stride", "dilation", "output_padding", "group", "batch", "`", "pads")
    return next((i for i, kind in enumerate(kinds) if kind in word), len(kinds)), word


@cache
def traits(case: str) -> frozenset[str]:
    """Return what a case's id says of it, in words."""
    return frozenset(word for part in case.removeprefix("t-").split("/") for word in _words(part))


def _words(part: str) -> Iterator[str]:
    if shapes := SHAPES.fullmatch(part):
        yield from _kernel_words(*(int(n) if n else None for n in shapes.groups()))
    elif channels := CHANNELS.fullmatch(part):
        yield from _channel_words(*(int(n or 1) for n in channels.groups()))
    elif option := OPTION.fullmatch(part):
        letter, rows, columns = option.groups()
        yield f"{OPTIONS[letter]} {rows if columns in (None, rows) else f'{rows}x{columns}'}"
    elif PADS.fullmatch(part):
        yield "explicit pads"
    else:
        yield f"`{part}`" if part in ("valid", "same", "full") else part


def _kernel_words(
    h: int | None, w: int | None, rows: int | None, columns: int | None
) -> Iterator[str]:
    assert rows is not None
    assert columns is not None
    yield f"{rows}x{columns} kernels"
    yield "odd kernels" if rows % 2 and columns % 2 else "kernels with an even side"
    if h is not None and w is not None and (rows > h or columns > w):
        yield "kernels larger than the image"


def _channel_words(batch: int, channels: int, outputs: int, groups: int) -> Iterator[str]:
    yield "an empty batch" if not batch else "a batch" if batch > 1 else "one image"
    if groups > 1:
        yield "groups"
    if groups == channels > 1:
        yield "depthwise"
    if channels == outputs == 1:
        yield "one channel"
