"""The convolution that a result is to be: its operands in four axes, its geometry, its bound."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from conv2d_conformance.backends.layout import from_torch
from conv2d_conformance.definition import error_bounds, layers
from conv2d_conformance.definition.correlation import BOUNDARIES, ORIENTATIONS, source_indices
from conv2d_conformance.definition.dtypes import info, is_float
from conv2d_conformance.definition.expectation import oriented
from conv2d_conformance.definition.layers import four
from conv2d_conformance.definition.padding import (
    Options,
    linear_extent,
    output_size,
    pads_of,
)
from conv2d_conformance.definition.sums.exact_sums import Exact, two_sum
from conv2d_conformance.definition.sums.window_sums import extent
from conv2d_conformance.diagnosis.problem import framed

if TYPE_CHECKING:
    from conv2d_conformance.definition.arrays import Array, Floats
    from conv2d_conformance.definition.correlation import Boundary, Orientation
    from conv2d_conformance.definition.padding import Align, Pads, Pair, Strided

Algorithm = Literal["direct", "fft"]
NO_PADS = (0, 0), (0, 0)
CHOICES: dict[str, tuple[str, ...]] = {
    "orientation": ORIENTATIONS,
    "boundary": BOUNDARIES,
    "anchor": ("upper", "lower"),
    "strided_same": ("output", "input"),
    "algorithm": get_args(Algorithm),
}


@dataclass(frozen=True)
class Requested:
    """What a result is compared with.

    Parameters
    ----------
    x, k : ndarray, (N, C, H, W) and (O, C/G, Kh, Kw)
        The kernel as the call reads it: a correlation.
    pads : ((int, int), (int, int))
    options : Options
    boundary : str
    bias : ndarray, (O,)
    algorithm : str
    planes : bool
        Whether the operands had two axes, and so has the result.
    """

    x: Array
    k: Array
    pads: Pads
    options: Options
    boundary: Boundary
    bias: Floats
    algorithm: Algorithm
    planes: bool

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the result."""
        size = output_size(extent(self.x), extent(self.k), self.pads, self.options)
        return size if self.planes else (len(self.x), len(self.k), *size)

    def exact(self) -> Exact:
        """Return the exact result, (N, O, Oh, Ow), with the bias added."""
        x, pads = (self.x, self.pads) if self.boundary == "zeros" else (self._framed(), NO_PADS)
        with np.errstate(invalid="ignore", over="ignore"):
            found = layers.correlate(x, self.k, pads=pads, options=self.options)
        if not self.bias.any():
            return found
        bias = self.bias[:, None, None]
        total, lost = two_sum(found.value, bias)
        return Exact(total, found.low + lost, found.scale + np.abs(bias), found.taps + 1)

    def _framed(self) -> Array:
        axes = zip(extent(self.x), self.pads, strict=True)
        rows, columns = (
            source_indices(np.arange(-before, n + after), n, self.boundary)
            for n, (before, after) in axes
        )
        return framed(self.x, rows, columns)

    def bound(self, exact: Exact, given: np.dtype[Any]) -> Floats:
        """Return how far each element of a result of dtype ``given`` may be from the exact one."""
        whole = not (is_float(self.x.dtype) or is_float(self.k.dtype))
        if whole and not is_float(given):
            return np.zeros(exact.value.shape)
        dtype = given if whole else self.dtype
        bound = error_bounds.componentwise(exact, dtype)
        if self.algorithm == "direct":
            return bound
        return np.maximum(bound, self.normwise(exact, dtype))

    def normwise(self, exact: Exact, dtype: np.dtype[Any]) -> Floats:
        """Return the bound of a product of Fourier transforms."""
        whole = linear_extent(extent(self.x), extent(self.k), self.pads, self.options)
        groups = self.options.groups
        return error_bounds.normwise(self.x, self.k, exact, dtype, groups=groups, extent=whole)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The coarser dtype of the operands: what an honest call may compute in."""
        floats = [a.dtype for a in (self.x, self.k) if is_float(a.dtype)]
        return max(floats, key=lambda dtype: float(info(dtype).eps))

    def one_output(self, image: int, output: int) -> Requested:
        """Return the part that makes one plane of the result; other planes do not show in it."""
        few = self.k.shape[1]
        first = output * self.options.groups // len(self.k) * few
        return replace(
            self,
            x=self.x[image : image + 1, first : first + few],
            k=self.k[output : output + 1],
            options=replace(self.options, groups=1),
            bias=self.bias[output : output + 1],
        )


def request(
    x: Any,
    k: Any,
    *,
    padding: str | int | Pair | Pads,
    stride: int | Pair,
    dilation: int | Pair,
    groups: int,
    bias: Any,
    orientation: Orientation,
    anchor: Align,
    strided_same: Strided,
    boundary: Boundary,
    algorithm: Algorithm,
) -> Requested:
    """Return what `assert_conv2d` was asked to compare with; the arguments are its own.

    Raises
    ------
    TypeError, ValueError
        If an argument says nothing, or the shapes do not fit.
    """
    given = {
        "orientation": orientation, "boundary": boundary, "anchor": anchor,
        "strided_same": strided_same, "algorithm": algorithm,
    }  # fmt: skip
    for name, word in given.items():
        if word not in CHOICES[name]:
            msg = f"{name} is one of {', '.join(CHOICES[name])}, not {word!r}"
            raise ValueError(msg)
    x, k = numbers("x", x), numbers("k", k)
    if x.ndim != k.ndim or x.ndim not in (2, 4):
        msg = (
            "x is (H, W) and k (Kh, Kw), or x (N, C, H, W) and k (O, C/groups, Kh, Kw); got "
            f"{x.shape} and {k.shape}"
        )
        raise ValueError(msg)
    read = oriented(k, orientation)
    if four(x).shape[1] != read.shape[1] * groups or len(read) % groups:
        msg = (
            f"{x.shape} and {k.shape} do not fit with groups={groups}: give k (O, C/groups, Kh, Kw)"
        )
        raise ValueError(msg)
    options = Options(_pair("stride", stride), _pair("dilation", dilation), groups)
    pads = pads_of(
        _pads(padding), extent(x), extent(read), options, align=anchor, strided=strided_same
    )
    return Requested(
        four(x), read, pads, options, boundary, _bias(bias, len(read)), algorithm, x.ndim == 2
    )


def numbers(name: str, given: Any) -> Array:
    """Return an array of real numbers; a tensor of PyTorch is read in place, bfloat16 too.

    Raises
    ------
    TypeError
        If it holds something else.
    """
    if hasattr(given, "detach"):
        given, torch = given.detach().cpu(), sys.modules.get("torch")
        if torch is not None and isinstance(given, torch.Tensor):
            given = from_torch(torch, given)
    found = np.asarray(given)
    if found.dtype.kind == "b":
        return found.astype(np.uint8)
    if found.dtype.kind not in "iuf" and not is_float(found.dtype):
        msg = f"{name} holds {found.dtype}, not real numbers"
        raise TypeError(msg)
    return found.astype(found.dtype.newbyteorder("="), copy=False)


def _bias(bias: Any, outputs: int) -> Floats:
    found = np.zeros(1) if bias is None else numbers("bias", bias).astype(np.float64)
    if found.shape not in ((), (1,), (outputs,)):
        msg = f"bias is a number or ({outputs},), one for each output, not {found.shape}"
        raise ValueError(msg)
    return np.broadcast_to(found, (outputs,)).copy()


def _pair(name: str, step: Any) -> Pair:
    pair = (step, step) if isinstance(step, (int, np.integer)) else tuple(step)
    if len(pair) != 2 or not all(isinstance(n, (int, np.integer)) and n > 0 for n in pair):
        msg = f"{name} is a number of at least 1, or (rows, columns), not {step!r}"
        raise ValueError(msg)
    return int(pair[0]), int(pair[1])


def _pads(padding: Any) -> str | Pads:
    if isinstance(padding, str):
        return padding.lower()
    if isinstance(padding, (int, np.integer)):
        return (int(padding),) * 2, (int(padding),) * 2
    try:
        rows, columns = ((p, p) if isinstance(p, (int, np.integer)) else tuple(p) for p in padding)
        (top, bottom), (left, right) = rows, columns
    except (TypeError, ValueError):
        msg = (
            f"padding is valid, same, full, a number, (rows, columns) or ((top, bottom), (left, "
            f"right)), not {padding!r}"
        )
        raise ValueError(msg) from None
    return (int(top), int(bottom)), (int(left), int(right))
