"""Finds operands of lowered precision where sums are so long that the bound alone hides them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.diagnosis.precision_loss import BITS, round_to_bits

if TYPE_CHECKING:
    from conv2d_conformance.definition.arrays import Array, Floats
    from conv2d_conformance.definition.sums.exact_sums import Exact
    from conv2d_conformance.testing.requested import Requested

# From here on elements of a result in TF32 may all stay within the bound.
HIDDEN_FROM = 512
# The share of honest results that may be taken for lowered ones, and too few elements to tell.
CHANCE = 1e-5
MIN_ELEMENTS = 16


def find_lowered_operands(wanted: Requested, result: Array, exact: Exact) -> str | None:
    """Return the format to which the operands of a float32 sum were rounded, or None.

    Notes
    -----
    Rounding operands to TF32 moves a sum of K products by about ``2⁻¹²·S/√K``, and the bound is
    ``2√K·2⁻²⁴·S``: the two meet near K = 2000. So the direction of the error is asked too. Let e
    be the exact change that rounding the operands makes, and h the error of the result, both
    divided by S. Of an honest result h does not depend on e. That ``‖h - e‖ < r·‖h‖``, with r < 1,
    asks that e points as h does up to the angle arcsin r, and of n dimensions that is a share of
    directions below ``rⁿ⁻¹``. With ``r = CHANCEˢ``, s = 1/(n - 1), at most that share of honest
    results is taken for lowered ones. Of a result in that format ``h - e`` is the error of the sum,
    and small.
    """
    if wanted.x.dtype != np.float32 or wanted.k.dtype != np.float32 or exact.taps < HIDDEN_FROM:
        return None
    used = np.isfinite(exact.scale) & (exact.scale > 0)
    if used.sum() < MIN_ELEMENTS or not np.isfinite(result).all():
        return None

    def scaled(values: Floats) -> Floats:
        return np.asarray(values[used] / exact.scale[used])

    nearer = CHANCE ** (1 / (int(used.sum()) - 1))
    error = scaled(result.astype(np.float64) - exact.value - exact.low)
    for name, bits in BITS.items():
        x, k = (round_to_bits(a, bits).astype(np.float32) for a in (wanted.x, wanted.k))
        change = scaled(replace(wanted, x=x, k=k).exact().value - exact.value)
        if np.linalg.norm(error - change) < nearer * np.linalg.norm(error):
            return f"The operands were rounded to {name}."
    return None
