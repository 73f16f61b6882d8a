"""A hypothesis: one interpretation of image and kernel, and what follows the convolution."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conv2d_conformance.definition.padding import Options, pads_of, reach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.correlation import Boundary, Orientation
    from conv2d_conformance.definition.padding import Align, Pads, Pair, Strided

# What each way to turn an array over does to the kernel, in the order of how often it is met.
TURNED: dict[Orientation, str] = {
    "correlation": "as it is",
    "convolution": "rotated by 180°",
    "transposed-correlation": "transposed",
    "flip-rows": "flipped: its rows in reverse",
    "flip-columns": "flipped: its columns in reverse",
    "transposed-convolution": "transposed and rotated by 180°",
    "transposed-flip-rows": "rotated by 90° counterclockwise",
    "transposed-flip-columns": "rotated by 90° clockwise",
}
UNDONE: dict[Orientation, Orientation] = {
    **{name: name for name in TURNED},
    "transposed-flip-rows": "transposed-flip-columns",
    "transposed-flip-columns": "transposed-flip-rows",
}
SAME_VARIANTS: tuple[tuple[Align, Strided], ...] = (
    ("upper", "output"), ("lower", "output"), ("upper", "input"), ("lower", "input"),
)  # fmt: skip

# The clips that have a name, by their bounds.
NAMED_CLIPS: dict[tuple[float | None, float | None], str] = {
    (0.0, None): "ReLU: negative numbers are 0",
    (0.0, 6.0): "ReLU6: clipped to 0 and 6",
}

ROUNDED = {
    "rint": "rounded to whole numbers",
    "floor": "rounded down to whole numbers",
    "trunc": "cut to whole numbers, towards zero",
}


@dataclass(frozen=True)
class Shapes:
    """Extents that a hypothesis is about, (rows, columns) each."""

    image: Pair
    kernel: Pair
    result: Pair


@dataclass(frozen=True)
class Hypothesis:
    """``result = turn(scale · (image ⋆ orient(kernel)) + bias)`` with this geometry.

    Parameters
    ----------
    shapes : Shapes
        Of the image, the kernel as it is oriented, and the result before it is turned.
    orientation, turn : Orientation
        What is done to the kernel before, and to the result after.
    boundary : Boundary
    before : (int, int)
        Rows and columns of padding before the image; negative ones crop.
    options : Options
    scale, bias : float
    layout : tuple of str
        How the axes were read in another order than given, a deviation each.
    """

    shapes: Shapes
    orientation: Orientation = "correlation"
    turn: Orientation = "correlation"
    boundary: Boundary = "zeros"
    before: Pair = (0, 0)
    options: Options = field(default_factory=Options)
    scale: float = 1.0
    bias: float = 0.0
    layout: tuple[str, ...] = ()

    @property
    def pads(self) -> Pads:
        """Padding on all four sides; after the image, as far as the last window reaches."""
        image, kernel, result = self.shapes.image, self.shapes.kernel, self.shapes.result
        axes = zip(
            image, result, self.before, reach(kernel, self.options), self.options.stride,
            strict=True,
        )  # fmt: skip
        rows, columns = ((b, (o - 1) * s + span + 1 - n - b) for n, o, b, span, s in axes)
        return rows, columns

    @property
    def outside(self) -> bool:
        """Whether any window reaches beyond the image, so that the boundary shows."""
        return any(side > 0 for pair in self.pads for side in pair)

    def padding(self, aligns: tuple[Align, ...] = ("upper", "lower")) -> str | None:
        """``valid``, ``same-upper``, ``same-lower``, ``full``, or None where no word fits."""
        for word, pads in self._words(aligns):
            if pads[0][0] == self.before[0] and pads[1][0] == self.before[1]:
                return word
        return None

    @property
    def padding_name(self) -> str | None:
        """`padding`, in fewer words where both anchors are one."""
        upper, lower = self.padding(("upper",)), self.padding(("lower",))
        same = upper and lower and upper.replace("upper", "lower") == lower
        return upper.replace("-upper", "") if same and upper else self.padding()

    def _words(self, aligns: tuple[Align, ...]) -> list[tuple[str, Pads]]:
        """The paddings by name that give a result of this size."""
        image, kernel, options = self.shapes.image, self.shapes.kernel, self.options
        found: list[tuple[str, Pads]] = []
        for word in ("valid", "full"):
            pads = pads_of(word, image, kernel, options)
            if self._gives(pads):
                found.append((word, pads))
        for align, strided in SAME_VARIANTS:
            pads = pads_of("same", image, kernel, options, align=align, strided=strided)
            if align in aligns and self._gives(pads):
                suffix = ", padded as with stride 1" if strided == "input" else ""
                found.append((f"same-{align}{suffix}", pads))
        return found

    def _gives(self, pads: Pads) -> bool:
        spans = reach(self.shapes.kernel, self.options)
        axes = zip(
            self.shapes.image, pads, spans, self.options.stride, self.shapes.result, strict=True
        )
        return all((n + sum(pad) - span - 1) // s + 1 == o for n, pad, span, s, o in axes)

    def shift(self) -> Pair | None:
        """The shift from ``same`` or ``valid`` of this size; None for another size."""
        words = self._words(("upper",))
        if not words:
            return None
        _, pads = words[-1]
        return self.before[0] - pads[0][0], self.before[1] - pads[1][0]

    def facts(self) -> dict[str, Any]:
        """For a program."""
        return {
            "orientation": self.orientation,
            "result_turned": self.turn,
            "boundary": self.boundary if self.outside else None,
            "padding": self.padding(),
            "pads": self.pads,
            "shift": None if self.padding() else self.shift(),
            "stride": self.options.stride,
            "dilation": self.options.dilation,
            "scale": self.scale,
            "bias": self.bias,
            "layout": list(self.layout),
        }


@dataclass(frozen=True)
class PostOps:
    """``y = round(clip(activation(scale · p + bias)))`` of a convolution p, element by element.

    Parameters
    ----------
    scales, biases : tuple of float
        One for each output; empty if one holds for all, which is the hypothesis's.
    slope : float or None
        Factor of negative numbers: that of a leaky ReLU, or -1 for an absolute value.
    lower, upper : float or None
        Bounds of a clip.
    rounding : str
        ``rint``, ``floor`` or ``trunc``: NumPy's name of how whole numbers were made, or nothing.
    """

    scales: tuple[float, ...] = ()
    biases: tuple[float, ...] = ()
    slope: float | None = None
    lower: float | None = None
    upper: float | None = None
    rounding: str = ""

    def words(self) -> Iterator[str]:
        """Yield a description of each."""
        if self.scales:
            yield "each output scaled by a factor of its own"
        if self.biases:
            yield "a bias added to each output"
        if self.slope is not None:
            leaky = f"leaky ReLU: negative numbers times {self.slope:.6g}"
            yield "absolute value taken" if self.slope == -1 else leaky
        if (self.lower, self.upper) != (None, None):
            yield NAMED_CLIPS.get((self.lower, self.upper), self._clipped())
        if self.rounding:
            yield ROUNDED[self.rounding]

    def _clipped(self) -> str:
        bounds = (("below", self.lower), ("above", self.upper))
        sides = [f"{side} at {value:.6g}" for side, value in bounds if value is not None]
        return f"clipped {' and '.join(sides)}"

    def code(self, line: str) -> str:
        """An expression (N, O, Oh, Ow), followed by all this, in NumPy."""
        if self.scales:
            line = f"({line}) * {_column(self.scales)}"
        if self.biases:
            line = f"{line} + {_column(self.biases)}"
        if self.slope == -1:
            line = f"np.abs({line})"
        elif self.slope is not None:
            line = f"(lambda y: np.where(y < 0, {self.slope!r} * y, y))({line})"
        if (self.lower, self.upper) != (None, None):
            line = f"np.clip({line}, {self.lower!r}, {self.upper!r})"
        return f"np.{self.rounding}({line})" if self.rounding else line

    def facts(self) -> dict[str, Any]:
        """For a program."""
        return {
            "scales": list(self.scales),
            "biases": list(self.biases),
            "slope": self.slope,
            "lower": self.lower,
            "upper": self.upper,
            "rounding": self.rounding or None,
        }


def _column(values: tuple[float, ...]) -> str:
    return f"np.array([{', '.join(f'{value:.9g}' for value in values)}])[:, None, None]"
