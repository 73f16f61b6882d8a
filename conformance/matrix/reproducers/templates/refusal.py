"""Makes a call that should raise."""

from __future__ import annotations

from conv2d_conformance.matrix.reproducers.templates.declared import img, k
from conv2d_conformance.matrix.reproducers.templates.head import call, end

# --- the script begins here


def answer():
    """What the call gives; end with 0 if it raises."""
    try:
        return call(img, k)
    except Exception as error:
        return end(0, "refused, as it should be:", type(error).__name__, error)


def hold(got):
    """End with 1: the call gave an answer."""
    shown = getattr(got, "dtype", type(got)), getattr(got, "shape", "")
    end(1, "expected an exception, got", *shown)
