"""Fits a prediction to elements: to which precision, and with which scale and bias."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition.error_bounds import direct_sum_factor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.correlation import Array, Floats

# u of what a call may compute in; TF32 and float16 keep as many bits.
ROUNDOFFS = (2.0**-53, 2.0**-24, 2.0**-11, 2.0**-8)
# Fewer elements than these prove no scale or bias; nor do few with a lowered precision.
FEWEST, FEWEST_LOWERED = 6, 32


@dataclass(frozen=True)
class Elements:
    """Elements of a result, and their prediction by a hypothesis.

    Parameters
    ----------
    result, value, scale : ndarray of float64, (n,)
        Given; predicted; and ``S = |img| ⋆ |k|``.
    taps : int
    norms : float
        ``(6 log₂N + 3)·‖img‖₂·‖k‖₂`` of `error_bounds.normwise`, less its u.
    tiny : float
        Smallest normal number: what one product may lose to underflow.
    slack : float
        What rounding to printed decimals may have moved.
    spread : float or None
        Root mean square of ``√Σ(x·k)²``, a second limit on errors of lowered precision.
    """

    result: Floats
    value: Floats
    scale: Floats
    taps: int
    norms: float
    tiny: float = 0.0
    slack: float = 0.0
    spread: float | None = None

    def typical(self, u: float) -> float:
        """Return the limit of the errors' root mean square: ``4·u·√mean(Σ(x·k)²)``.

        Rounding K products independently, both factors and the result, moves a sum by at most
        √3·u·√Σ(x·k)² in the root mean square, as variances add; 4 leaves room for a few dozen
        elements. Beside it the bound by S alone would let noise pass for a bfloat16 result.
        """
        return math.inf if self.spread is None else 4 * u * self.spread + self.slack

    def bound(self, roundoff: float, *, by_norm: bool) -> Floats:
        """The suite's bounds for direct summation and for Fourier transforms."""
        summed = direct_sum_factor(self.taps) * self.scale
        least = np.maximum(summed, self.norms) if by_norm else summed
        return roundoff * least + (self.taps + 1) * self.tiny + self.slack


@dataclass(frozen=True)
class ValueFit:
    """The fit of a prediction: the finest u whose bound holds, and the largest error over it.

    ``by_norm``: within the bound of Fourier transforms alone.
    """

    roundoff: float
    ratio: float
    by_norm: bool
    scale: float = 1.0
    bias: float = 0.0


def best_fit(elements: Elements, roundoff: float) -> ValueFit | None:
    """The finest fit, as it is or with a scale, a bias or both; ``roundoff`` is fine enough."""
    if _is_hopeless(elements, roundoff):
        return None
    fits = [fit for fit in _fits(elements, roundoff) if fit is not None]
    return min(fits, key=lambda fit: max(fit.roundoff, roundoff), default=None)


def _is_hopeless(elements: Elements, roundoff: float) -> bool:
    """Return whether even the best scale and bias leave more than the coarsest precision does.

    Any other scale and bias leave at least as much in the root mean square: it is a quick no.
    """
    comparable = np.isfinite(elements.result) & np.isfinite(elements.value)
    p, y = elements.value[comparable], elements.result[comparable]
    if elements.spread is None or len(y) < FEWEST or np.ptp(p) == 0:
        return False
    centred, moved = p - p.mean(), y - y.mean()
    along = float(centred @ moved) / float(centred @ centred)
    scale = max(1.0, abs(along), abs(float(p @ y / (p @ p))))
    bias = abs(float(y.mean())) + scale * abs(float(p.mean()))
    bound = elements.bound(roundoff, by_norm=True)[comparable]
    fine = scale * float(bound.max()) + 4 * roundoff * bias
    left = math.sqrt(np.mean((moved - along * centred) ** 2))
    return left > max(fine, scale * elements.typical(ROUNDOFFS[-1]))


def _fits(elements: Elements, roundoff: float) -> Iterator[ValueFit | None]:
    comparable = np.isfinite(elements.result) & np.isfinite(elements.value)
    if (np.isfinite(elements.result) != np.isfinite(elements.value)).any():
        return
    yield _fitted(elements, 1.0, 0.0, roundoff)
    p, y = elements.value[comparable], elements.result[comparable]
    if len(y) < FEWEST or np.ptp(p) <= 1e-6 * np.abs(p).max() or np.ptp(y) == 0:
        return
    for scale, bias in _solved(p, y):
        yield _fitted(elements, scale, bias, roundoff)


def _solved(p: Floats, y: Floats) -> Iterator[tuple[float, float]]:
    """Scale, bias, and both by least squares; a round number near each first."""
    scale, bias = float(p @ y / (p @ p)), float(np.mean(y - p))
    yield from ((round_scale, 0.0) for round_scale in (_round(scale), scale))
    yield from ((1.0, round_bias) for round_bias in (_decimal(bias), bias))
    centred = p - p.mean()
    both = float(centred @ y / (centred @ centred))
    for factor in (_round(both), both):
        rest = float(np.mean(y - factor * p))
        yield from ((factor, constant) for constant in (_decimal(rest), rest))


def _round(value: float) -> float:
    """A simple fraction near it, or itself."""
    for parts in range(1, 65):
        near = round(value * parts) / parts
        if near and abs(near / value - 1) < 1e-5:
            return near
    return value


def _decimal(value: float) -> float:
    """A number of four significant digits near it, or itself."""
    near = float(f"{value:.4g}")
    return near if abs(near - value) < 1e-5 * abs(value) else value


def _fitted(elements: Elements, scale: float, bias: float, roundoff: float) -> ValueFit | None:
    if scale == 0:
        return None
    plain = (scale, bias) == (1.0, 0.0)
    error = np.abs(elements.result - (scale * elements.value + bias))
    error = error[np.isfinite(error)]
    if not error.size:
        return None
    few = len(error) < FEWEST_LOWERED
    for u in ROUNDOFFS:
        if not plain and few and u > max(roundoff, 2.0**-24):
            return None
        lowered = u > roundoff
        if lowered and math.sqrt(np.mean(error**2)) > abs(scale) * elements.typical(u):
            continue
        for by_norm in (False,) if lowered else (False, True):
            bound = _bound(elements, u, scale, bias, by_norm=by_norm)
            if (error <= bound).all():
                return ValueFit(u, _ratio(error, bound), by_norm, scale, bias)
    return None


def _bound(elements: Elements, u: float, scale: float, bias: float, *, by_norm: bool) -> Floats:
    bound = elements.bound(u, by_norm=by_norm)[np.isfinite(elements.result)]
    if (scale, bias) == (1.0, 0.0):
        return bound
    # The fitted numbers carry the errors of all elements, and the result is rounded again.
    finite = bound[np.isfinite(bound)]
    return np.full(bound.shape, abs(scale) * finite.max(initial=0.0) + 4 * u * abs(bias))


def _ratio(error: Floats, bound: Floats) -> float:
    return float(np.max(error / np.where(bound, bound, 1), initial=0.0))


def decimals(result: Array) -> float:
    """Half of the last decimal that a result was printed to; 0 where it was not.

    It is 0 for a result of small range, because anything small would fit.
    """
    finite = result[np.isfinite(result)].astype(np.float64)
    if not finite.size or (finite == np.rint(finite)).all():
        return 0.0
    tiny = 4 * np.finfo(result.dtype).eps if result.dtype.kind == "f" else 0.0
    largest = float(np.abs(finite).max())
    for places in range(1, 8):
        # The dtype itself holds no more decimals than these.
        if 10 * tiny * largest > 10.0**-places:
            return 0.0
        if (np.abs(finite - np.round(finite, places)) <= tiny * np.abs(finite)).all():
            half = 0.5 * 10.0**-places
            return half if np.ptp(finite) > 100 * half else 0.0
    return 0.0
