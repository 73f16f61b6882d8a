"""The start of a script: how it makes the call, and how it ends."""

from __future__ import annotations

import sys

from conv2d_conformance.matrix.reproducers.templates.declared import MODULES, native, padding

# --- the script begins here


def end(code, *words):
    """Say what was found, and in which versions."""
    print(*(str(word).encode("ascii", "backslashreplace").decode() for word in words))
    print("Python", sys.version.split()[0])
    for name in MODULES:
        print(name, getattr(sys.modules.get(name), "__version__", "is not imported"))
    sys.exit(code)


def call(img, k):
    """The native call; that something is not installed is no defect."""
    try:
        return native(img, k, padding)
    except ImportError as error:
        return end(2, "cannot run:", error)
