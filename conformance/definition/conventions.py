"""The conventions of a call: orientation, anchor and boundary, and the sizes that follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Boundary, Orientation
    from conv2d_conformance.definition.shapes import Shape

Anchor = Literal["upper", "lower"]
Axis = Literal["rows", "columns"]
AXES: tuple[Axis, Axis] = ("rows", "columns")
# Rows of padding before the image beyond (K - 1) // 2, by axis and parity of K.
Shifts = dict[tuple[Axis, int], int]


@dataclass(frozen=True)
class Conventions:
    """The conventions by which a call reads its operands.

    Parameters
    ----------
    orientation, boundary : str or None
        None if the maps leave it open. If they disagree, the word that most maps fit.
    shifts : dict
        For ``same``: padding before the image beyond (K - 1) // 2, by axis and parity of K.
        Odd extents have 0 where the output is centred; even ones 0 for ``same-upper`` and 1 for
        ``same-lower``.
    complaints : tuple of str
        One for every map that the conventions above do not explain; empty for a consistent call.
    """

    orientation: Orientation | None
    boundary: Boundary | None
    shifts: Shifts = field(default_factory=dict)
    complaints: tuple[str, ...] = ()

    def anchor(self, axis: Axis) -> Anchor | None:
        """Return the side of an even kernel's extra pixel along one axis; None if it is unknown."""
        words: dict[int | None, Anchor] = {0: "upper", 1: "lower"}
        return words.get(self.shifts.get((axis, 0)))

    def before(self, padding: str, kernel: Shape) -> Shape:
        """Return the padding before the image, (rows, columns); ``kernel`` as the call reads it."""
        if padding == "valid":
            return 0, 0
        if padding == "full":
            return kernel[0] - 1, kernel[1] - 1
        rows, columns = (
            (extent - 1) // 2 + self.shifts.get((axis, extent % 2), 0)
            for axis, extent in zip(AXES, kernel, strict=True)
        )
        return rows, columns


def output_size(padding: str, image: Shape, kernel: Shape) -> Shape:
    """Shape of the result: ``valid`` H - Kh + 1, ``same`` H, ``full`` H + Kh - 1, at least 0."""
    grow = {"valid": -1, "same": 0, "full": 1}[padding]
    rows, columns = (max(n + grow * (m - 1), 0) for n, m in zip(image, kernel, strict=True))
    return rows, columns
