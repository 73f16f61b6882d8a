"""The evidence of a failure: one call, the claim about it, and the result that it should have."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Pads
    from conv2d_conformance.definition.correlation import (
        Array,
        Boundary,
        Exact,
        Floats,
        Orientation,
    )
    from conv2d_conformance.definition.shapes import Shape
    from conv2d_conformance.errors import Claim
    from conv2d_conformance.runtime.call_log import RecordedOperand


@dataclass(frozen=True)
class Convention:
    """How a call reads a plane, as the reference in a script needs it.

    ``before`` counts the rows and columns of padding before the image.
    """

    orientation: Orientation
    boundary: Boundary
    before: Shape


@dataclass(frozen=True)
class Expected:
    """The exact result, and the bound of each element's error."""

    exact: Exact
    bound: Floats

    def is_met_by(self, result: object) -> bool:
        """Return whether a result is a real array of this shape within the bound.

        A sum that is not finite has no bound: a zero outside the image need not be multiplied.
        """
        if not isinstance(result, np.ndarray) or result.dtype.kind in "cO":
            return False
        if result.shape != self.exact.value.shape:
            return False
        judged = np.isfinite(self.exact.value)
        with np.errstate(invalid="ignore"):
            return bool((self.exact.error_of(result) <= self.bound)[judged].all())


@dataclass(frozen=True)
class Part:
    """One array that a call returns, and what is expected of it.

    Parameters
    ----------
    operand : str
        "" for the result; ``img`` or ``k`` for the gradient by that operand.
    result : object
        None if the call raised.
    expected : Expected or None
        None if the definition does not cover the call.
    dtype : str
        Its dtype, "" if any dtype is right.
    """

    operand: str
    result: object
    expected: Expected | None = None
    dtype: str = ""

    @property
    def tail(self) -> str:
        """The suffix of the names of its arrays."""
        return f"_by_{self.operand}" if self.operand else ""

    @property
    def differs(self) -> bool:
        """Whether the definition gives a result and the call gave another one."""
        if self.expected is None:
            return False
        if not (isinstance(self.result, np.ndarray) and self.expected.is_met_by(self.result)):
            return True
        return self.dtype not in ("", self.result.dtype.name)


@dataclass(frozen=True)
class Evidence:
    """A call and the claim that it does not meet.

    Parameters
    ----------
    claim : str
        See `conv2d_conformance.errors.Claim`.
    operands : dict of str to RecordedOperand
        ``img``, ``k`` and, for gradients, ``cotangent``.
    padding : str or tuple
    parts : tuple of Part
        The results of the call.
    options : dict
        The keyword arguments of the call.
    operation : str
        The method of the adapter that gives the result.
    layout : str
        The adapter's native layout, "" for its own default.
    convention : Convention or None
        How the call reads its operands; None if the script has no reference.
    of_layer : bool
        Whether the call is a layer's, which the lines for a plane do not make.
    """

    claim: Claim
    operands: dict[str, RecordedOperand]
    padding: str | Pads
    parts: tuple[Part, ...]
    options: dict[str, Any] = field(default_factory=dict)
    operation: str = "conv2d"
    layout: str = ""
    convention: Convention | None = None
    of_layer: bool = False

    @property
    def stored(self) -> bool:
        """Whether the script compares with stored arrays, as the script of a layer does."""
        return self.convention is None and self.parts[0].expected is not None


def stored_arrays(found: Evidence) -> dict[str, Any]:
    """Return all arrays by name, as NumPy can store them: bfloat16 by its bits."""
    made: dict[str, Any] = {name: a.values for name, a in found.operands.items()}
    made["padding"] = found.padding
    for part in found.parts:
        made[f"result{part.tail}"] = _storable(part.result)
        if part.expected is not None:
            made[f"expected{part.tail}"] = part.expected.exact.value
            made[f"bound{part.tail}"] = part.expected.bound
            made |= {f"rest{part.tail}": part.expected.exact.low} if found.stored else {}
    views = [name for name, a in made.items() if getattr(a, "dtype", None) == "bfloat16"]
    made |= {name: made[name].view(np.uint16) for name in views}
    if found.stored:
        return made | {"options": str(found.options)}
    img, k = found.operands["img"], found.operands["k"]
    layout = f"strides {img.strides}, {k.strides} (None: packed)"
    return made | {"note": f"{layout}; bfloat16 stored as uint16: {', '.join(views) or 'none'}"}


def _storable(result: object) -> Array | str:
    """Return an array unchanged, and anything else as the text that Python prints."""
    if isinstance(result, np.ndarray) and not result.dtype.hasobject:
        return result
    return repr(result)
