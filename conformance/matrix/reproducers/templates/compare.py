"""Compares a result with the reference, element by element."""

from __future__ import annotations

import numpy as np

from conv2d_conformance.matrix.reproducers.templates.declared import SIZE, bound
from conv2d_conformance.matrix.reproducers.templates.head import end

# --- the script begins here


def compare(sums, got):
    """End: 1 if an element lies beyond its bound of the reference's sums, 0 if none does.

    A sum that is not finite has no bound.
    """
    expected, low, scale = sums
    if type(got) is not np.ndarray or got.shape != SIZE:
        end(1, "expected shape", SIZE, "got", got.shape if type(got) is np.ndarray else type(got))
    values = got if got.dtype.kind in "iuc" else got.astype(np.float64)
    with np.errstate(invalid="ignore"):
        error = np.abs((values - expected) - low)
        allowed = bound(scale)
        wrong = np.argwhere(np.isfinite(expected) & ~(error <= allowed))
    if not len(wrong):
        end(0, "no defect: all of", got.size, "elements are right")
    at = tuple(wrong[0].tolist())
    print(len(wrong), "of", got.size, "elements are wrong, the first at", at)
    print("expected", expected[at].item(), "got", got[at].item())
    end(1, "error", format(error[at], ".3g"), "bound", format(allowed[at], ".3g"))
