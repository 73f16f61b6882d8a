"""The result equals the reference within the bound, or the call refuses and says why."""

from __future__ import annotations

import numpy as np

from conv2d_conformance.matrix.reproducers.templates.compare import compare
from conv2d_conformance.matrix.reproducers.templates.declared import img, k
from conv2d_conformance.matrix.reproducers.templates.head import call, end
from conv2d_conformance.matrix.reproducers.templates.reference import reference

# --- the script begins here


def plain(a):
    """The same numbers, packed and in the machine's byte order."""
    return np.array(a, a.dtype.newbyteorder("="), order="C")


def answer():
    """What the call gives; end with 0 if it raises."""
    try:
        call(plain(img), plain(k))  # a call that caches by shape and dtype has now done so
        return call(img, k)
    except Exception as error:
        return end(0, "refused:", type(error).__name__, error)


compare(reference(img, k), answer())
