"""The eight ways to read a kernel: in words, in code, and as a drawing."""

from __future__ import annotations

from dataclasses import dataclass

TAPS = ((1, 2, 3), (4, 5, 6), (7, 8, 9))


@dataclass(frozen=True)
class OrientationText:
    """A way to read the kernel: its name, its words, its code and its drawing.

    Parameters
    ----------
    name, words : str
        The fixed word, and what it means.
    reads : str
        The kernel that the call slides over the image, as a numpy expression of ``k``.
    fix : str
        What to pass in place of ``k`` to get cross-correlation.
    taps : tuple of tuple of int
        The taps 1…9 of a 3 by 3 kernel, where the call puts them.
    transform : str
        The same for a drawing in a 3 by 3 box, as an SVG transform.
    """

    name: str
    words: str
    reads: str
    fix: str
    taps: tuple[tuple[int, ...], ...]
    transform: str


def _orientation(name: str, words: str, advice: str) -> OrientationText:
    transposed = name.startswith("transposed-")
    kind = name.removeprefix("transposed-")
    rows, columns = kind in ("convolution", "flip-rows"), kind in ("convolution", "flip-columns")
    return OrientationText(
        name,
        words,
        f"k{'.T' if transposed else ''}{_index(rows=rows, columns=columns)}",
        advice,
        _taps(transposed=transposed, rows=rows, columns=columns),
        _transform(transposed=transposed, rows=rows, columns=columns),
    )


def _index(*, rows: bool, columns: bool) -> str:
    if not rows and not columns:
        return ""
    return f"[{'::-1' if rows else ':'}, {'::-1' if columns else ':'}]"


def _taps(*, transposed: bool, rows: bool, columns: bool) -> tuple[tuple[int, ...], ...]:
    taps = tuple(zip(*TAPS, strict=True)) if transposed else TAPS
    taps = taps[::-1] if rows else taps
    return tuple(row[::-1] for row in taps) if columns else taps


def _transform(*, transposed: bool, rows: bool, columns: bool) -> str:
    x, y = (-1 if columns else 1), (-1 if rows else 1)
    shift = f"{3 if columns else 0} {3 if rows else 0}"
    return f"matrix(0 {y} {x} 0 {shift})" if transposed else f"matrix({x} 0 0 {y} {shift})"


ORIENTATIONS = {
    name: _orientation(name, words, advice)
    for name, words, advice in (
        ("correlation", "reads the kernel as it is", "k"),
        ("convolution", "rotates the kernel by 180°", "k[::-1, ::-1]"),
        ("flip-rows", "reverses the order of the rows", "k[::-1, :]"),
        ("flip-columns", "reverses the order of the columns", "k[:, ::-1]"),
        ("transposed-correlation", "swaps rows and columns", "k.T"),
        (
            "transposed-convolution",
            "swaps rows and columns, then rotates by 180°",
            "k.T[::-1, ::-1]",
        ),
        ("transposed-flip-rows", "swaps rows and columns, then reverses the rows", "k.T[:, ::-1]"),
        (
            "transposed-flip-columns",
            "swaps rows and columns, then reverses the columns",
            "k.T[::-1, :]",
        ),
    )
}
