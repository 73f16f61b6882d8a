"""A call with a channel too few, which raises, leaves the next call alone."""

from __future__ import annotations

from contextlib import suppress

from conv2d_conformance.matrix.reproducers.templates.declared import img, k
from conv2d_conformance.matrix.reproducers.templates.head import call, end
from conv2d_conformance.matrix.reproducers.templates.same import same

# --- the script begins here

first = call(img, k).copy()
with suppress(Exception):
    call(img[:, 1:].copy(), k)
same("after a call with a channel too few", first, call(img, k))
end(0, "no defect: the call after a refused one gives what it gave before")
