"""NumPy code that repeats a hypothesis on arrays with channels, as they were given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conv2d_conformance.definition.numpy_notation import PAD_MODES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conv2d_conformance.definition.correlation import Orientation
    from conv2d_conformance.diagnosis.hypothesis import Hypothesis

# `numpy_notation.TURNS` for the last two axes of an array with channels.
LAST_TURNS: dict[Orientation, str] = {
    "correlation": "",
    "convolution": "[..., ::-1, ::-1]",
    "flip-rows": "[..., ::-1, :]",
    "flip-columns": "[..., ::-1]",
    "transposed-correlation": ".swapaxes(-2, -1)",
    "transposed-convolution": ".swapaxes(-2, -1)[..., ::-1, ::-1]",
    "transposed-flip-rows": ".swapaxes(-2, -1)[..., ::-1, :]",
    "transposed-flip-columns": ".swapaxes(-2, -1)[..., ::-1]",
}


@dataclass(frozen=True)
class ArrayCode:
    """How a problem's arrays are made of the given ones, in NumPy.

    Parameters
    ----------
    image, kernel : str
        Expressions (N, C, H, W) and (O, C/G, Kh, Kw) of ``image`` and ``kernel``.
    result : str
        What follows an expression (N, O, Oh, Ow) to make the given result of it.
    """

    image: str = "image"
    kernel: str = "kernel"
    result: str = ""


def arranged(name: str, axes: Sequence[int | None]) -> str:
    """``name`` with its axes in this order, None for one of length 1 that it lacks."""
    present = tuple(axis for axis in axes if axis is not None)
    moved = "" if present == tuple(sorted(present)) else f".transpose{present}"
    return name + moved + _index(axes, "None")


def restored(axes: Sequence[int | None]) -> str:
    """What undoes `arranged`, to stand behind an expression."""
    present = [axis for axis in axes if axis is not None]
    back = tuple(sorted(range(len(present)), key=present.__getitem__))
    return _index(axes, "0") + ("" if back == tuple(sorted(back)) else f".transpose{back}")


def _index(axes: Sequence[int | None], word: str) -> str:
    """The index of the first two axes that inserts or removes those that are None."""
    words = [word if axis is None else ":" for axis in axes[:2]]
    while words and words[-1] == ":":
        words.pop()
    return f"[{', '.join(words)}]" if words else ""


def expression(found: Hypothesis, code: ArrayCode, outputs: int, channels: int) -> str:
    """One expression for the convolution, (N, O, Oh, Ow).

    Parameters
    ----------
    found : Hypothesis
    code : ArrayCode
    outputs, channels : int
        O, and the channels C/G that an output reads.
    """
    kernel = code.kernel + LAST_TURNS[found.orientation]
    windows = _windows(found, code.image)
    groups = found.options.groups
    if groups == 1:
        called = f'np.einsum("nchwij,ocij->nohw", {windows}, {kernel})'
        return called + LAST_TURNS[found.turn]
    size = ", ".join(map(str, (*found.shapes.result, *found.shapes.kernel)))
    rows, columns = found.shapes.kernel
    windows += f".reshape(-1, {groups}, {channels}, {size})"
    kernel += f".reshape({groups}, -1, {channels}, {rows}, {columns})"
    joined = ", ".join(map(str, (outputs, *found.shapes.result)))
    return (
        f'np.einsum("ngchwij,gocij->ngohw", {windows}, {kernel})'
        f".reshape(-1, {joined}){LAST_TURNS[found.turn]}"
    )


def _windows(found: Hypothesis, image: str) -> str:
    """Every window of the padded image, (N, C, Oh, Ow, Kh, Kw)."""
    size = tuple(
        d * (m - 1) + 1 for d, m in zip(found.options.dilation, found.shapes.kernel, strict=True)
    )
    view = f"np.lib.stride_tricks.sliding_window_view({_framed(found, image)}, {size}, (2, 3))"
    steps = [*found.options.stride, *found.options.dilation]
    if steps == [1, 1, 1, 1]:
        return view
    words = (":" if step == 1 else f"::{step}" for step in steps)
    return f"{view}[:, :, {', '.join(words)}]"


def _framed(found: Hypothesis, image: str) -> str:
    """The image, cropped and padded."""
    cut = [f"{max(-before, 0) or ''}:{-max(-after, 0) or ''}" for before, after in found.pads]
    crop = "" if cut == [":", ":"] else f"[..., {', '.join(cut)}]"
    sides = tuple((max(before, 0), max(after, 0)) for before, after in found.pads)
    if sides == ((0, 0), (0, 0)):
        return image + crop
    mode = PAD_MODES[found.boundary]
    widths = f"((0, 0), (0, 0), {sides[0]}, {sides[1]})"
    if found.boundary == "zeros":
        return f"np.pad({image}{crop}, {widths})"
    # The boundary depends on the complete image: pad it first, then crop.
    return f'np.pad({image}, {widths}, mode="{mode}"){crop}'
