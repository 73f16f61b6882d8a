"""Writes the code that gets one call's result from another, or says why there is none.

Pure functions: facts and snippets in, text out. The code computes ``y`` from arrays ``img``
(H, W) and ``k`` (Kh, Kw). It pads the image by hand as the one call does, and calls the other
with ``valid``: that works for every anchor and boundary. A padding by name stays if both calls
mean the same by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conv2d_conformance.backends.protocol import PADDINGS, choose_snippet
from conv2d_conformance.definition.conventions import AXES
from conv2d_conformance.definition.correlation import ORIENTATIONS, Orientation
from conv2d_conformance.definition.numpy_notation import PAD_MODES, TURNS
from conv2d_conformance.translation.write_snippet import write_snippet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.conventions import Axis, Conventions
    from conv2d_conformance.translation.call_facts import CallFacts

# Kernels with both extents odd; kernels with an even one.
PARITIES = ("odd", "even")
EXTENTS: dict[Axis, str] = {"rows": "kh", "columns": "kw"}


class UntranslatableError(ValueError):
    """There is no code; the message says why."""


@dataclass(frozen=True)
class Translation:
    """The code for one call that gives another call's result.

    Parameters
    ----------
    padding, kernel : str
        What the other was called with: a word, and ``odd`` or ``even``; one even extent is enough.
    code : str or None
        What to write.
    why : str or None
        Why there is nothing to write.
    """

    padding: str
    kernel: str
    code: str | None
    why: str | None


def translations(of: CallFacts, to: CallFacts) -> list[Translation]:
    """Return the code with ``to`` for the results of ``of``: each padding, odd and even kernels."""
    return [translation(of, to, padding, parity) for padding in PADDINGS for parity in PARITIES]


def translation(of: CallFacts, to: CallFacts, padding: str, parity: str) -> Translation:
    """Return the code with ``to`` for one padding of ``of``."""
    try:
        code = _code(of, to, padding, parity)
    except UntranslatableError as reason:
        return Translation(padding, parity, None, str(reason))
    return Translation(padding, parity, code, None)


def kernel_transform(of: Orientation, to: Orientation) -> Orientation:
    """Return how to turn a kernel so that ``to`` reads it as ``of`` reads the original."""
    rows, columns = (_flips(of)[i] != _flips(to)[i] for i in (0, 1))
    if to.startswith("transposed-"):
        rows, columns = columns, rows
    transposed = of.startswith("transposed-") != to.startswith("transposed-")
    wanted = transposed, rows, columns
    return next(o for o in ORIENTATIONS if (o.startswith("transposed-"), *_flips(o)) == wanted)


def _flips(orientation: Orientation) -> tuple[bool, bool]:
    kind = orientation.removeprefix("transposed-")
    return kind in ("convolution", "flip-rows"), kind in ("convolution", "flip-columns")


def _code(of: CallFacts, to: CallFacts, padding: str, parity: str) -> str:
    _check(of, to, padding, parity)
    k, turned = _turned(of, to)
    word, img = padding, "img"
    pads: list[str] = []
    crops: list[str] = []
    if not _agree(of, to, padding, parity):
        img, pads = _padded(of, padding, parity)
        word, crops = _as_valid(to, parity)
    call = write_snippet(choose_snippet(to.snippet, word), img, k, word)
    extents = [_extents(of)] if pads or crops else []
    lines = [*turned, *extents, *pads, *call.lines, *crops]
    numpy = ["import numpy as np"] if any("np." in line for line in lines) else []
    return "\n".join([*numpy, *call.imports, *lines])


def _check(of: CallFacts, to: CallFacts, padding: str, parity: str) -> None:
    for call, which in ((of, "the call to reproduce"), (to, "the call to write")):
        if call.unreadable:
            msg = f"{which} {call.unreadable}"
            raise UntranslatableError(msg)
    if why := of.refuses(padding, parity):
        msg = f"there is no result to reproduce: {why}"
        raise UntranslatableError(msg)
    if not set(of.facts["dtypes"]) & set(to.facts["dtypes"]):
        msg = "no dtype is taken by both calls; cast both operands first"
        raise UntranslatableError(msg)


def _turned(of: CallFacts, to: CallFacts) -> tuple[str, list[str]]:
    one, other = of.conventions.orientation, to.conventions.orientation
    assert one is not None and other is not None  # noqa: PT018  (what `_check` refuses)
    how = kernel_transform(one, other)
    if how == "correlation":
        return "k", []
    return "k2", [f"k2 = k{TURNS[how]}.copy()"]


def _agree(of: CallFacts, to: CallFacts, padding: str, parity: str) -> bool:
    """Return whether the word means the same to both calls."""
    if to.refuses(padding, parity):
        return False
    one, other = of.conventions, to.conventions
    if padding != "valid" and (one.boundary is None or one.boundary != other.boundary):
        return False
    return padding != "same" or all(
        _shift(one, axis, p) == _shift(other, axis, p) for axis in AXES for p in _parities(parity)
    )


def _parities(parity: str) -> tuple[int, ...]:
    """Parities of single extents: a kernel with an even extent may have an odd one."""
    return (1,) if parity == "odd" else (1, 0)


def _shift(found: Conventions, axis: Axis, parity: int) -> int:
    shift = found.shifts.get((axis, parity))
    if shift is None:
        msg = "where 'same' puts the extra pixel of an even kernel could not be measured"
        raise UntranslatableError(msg)
    return shift


def _extents(of: CallFacts) -> str:
    """Return the kernel's extents as it is read: a transposed one is swapped in ``k``."""
    transposed = str(of.conventions.orientation).startswith("transposed-")
    return "kw, kh = k.shape" if transposed else "kh, kw = k.shape"


def _padded(of: CallFacts, padding: str, parity: str) -> tuple[str, list[str]]:
    """The image as a call pads it."""
    if padding == "valid":
        return "img", []
    boundary = of.conventions.boundary
    if boundary is None:
        msg = f"what {padding!r} puts outside the image fits no known boundary"
        raise UntranslatableError(msg)
    rows, columns = (f"({a}, {b})" for a, b in _reach(of, padding, parity))
    mode = "" if boundary == "zeros" else f', mode="{PAD_MODES[boundary]}"'
    return "padded", [f"padded = np.pad(img, ({rows}, {columns}){mode})"]


def _reach(call: CallFacts, padding: str, parity: str) -> Iterator[tuple[str, str]]:
    """Rows, then columns, before and after the image, in code that holds for odd extents too."""
    for axis, extent in EXTENTS.items():
        less_one, half = f"{extent} - 1", f"{extent} // 2"
        floor = f"({less_one}) // 2"
        if padding == "full":
            yield less_one, less_one
        elif _shift(call.conventions, axis, 1):
            msg = "its 'same' is not centred for odd kernels"
            raise UntranslatableError(msg)
        elif parity == "odd" and (axis, 0) not in call.conventions.shifts:
            yield half, half
        else:
            yield (half, floor) if _shift(call.conventions, axis, 0) else (floor, half)


def _as_valid(to: CallFacts, parity: str) -> tuple[str, list[str]]:
    """A word of a call and what to cut off its result, to be left with ``valid``."""
    word = next((w for w in ("valid", "same", "full") if not to.refuses(w, parity)), None)
    if word is None:
        msg = f"the call to write takes {to.refuses('valid', parity)}"
        raise UntranslatableError(msg)
    if word == "valid":
        return word, []
    cuts = (
        f"{before} : y.shape[{axis}] - {_bracketed(after)}"
        for axis, (before, after) in enumerate(_reach(to, word, parity))
    )
    return word, [f"y = y[{', '.join(cuts)}]"]


def _bracketed(text: str) -> str:
    return f"({text})" if " - " in text and not text.startswith("(") else text
