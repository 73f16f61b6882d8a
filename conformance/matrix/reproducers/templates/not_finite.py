"""Compares where NaN and infinity are with where they may be."""

from __future__ import annotations

import numpy as np

from conv2d_conformance.matrix.reproducers.templates.declared import img, k
from conv2d_conformance.matrix.reproducers.templates.head import call, end
from conv2d_conformance.matrix.reproducers.templates.reference import reference

# --- the script begins here


def hold(words, wrong):
    """End: 1 at the first wrong output, 0 if there is none."""
    if wrong.any():
        at = tuple(np.argwhere(wrong)[0].tolist())
        end(1, words, "at", at, "of", int(wrong.sum()))
    end(0, "no defect")


odd_pixels, odd_taps = (~np.isfinite(a.astype(np.float64)) for a in (img, k))
# Outputs that read what is not finite; a zero outside the image need not be multiplied.
reads = reference(odd_pixels * 1.0, np.ones(k.shape))[0] > 0
reads |= reference(np.ones(img.shape), odd_taps * 1.0)[0] > 0
got = ~np.isfinite(call(img, k).astype(np.float64))
