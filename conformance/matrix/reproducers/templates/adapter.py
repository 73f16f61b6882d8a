"""The adapter under test, in the memory layout that was checked."""

from __future__ import annotations

from functools import lru_cache

from conv2d_conformance.matrix.reproducers.templates.declared import LAYOUT, load_adapter
from conv2d_conformance.matrix.reproducers.templates.head import end

# --- the script begins here


@lru_cache(maxsize=None)
def adapter():
    """What makes the call; that something is not installed is no defect."""
    try:
        found = load_adapter()
        return type(found)(layout=LAYOUT) if LAYOUT else found
    except Exception as error:
        return end(2, "cannot run:", error)
