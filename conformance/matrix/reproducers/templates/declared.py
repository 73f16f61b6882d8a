"""What the writer makes in every script, declared here so that the pieces lint and type-check."""

from __future__ import annotations

from typing import Any

import numpy as np

img: Any = np.zeros((6, 7))
k: Any = np.ones((3, 3))
padding = "same"
MODULES = ("numpy",)
given: dict[str, Any] = {}
BEFORE = (1, 1)
SIZE = (6, 7)
WIDE: Any = np.float64
OUTSIDE: Any = "constant"
MODULE, ATTR = "conv2d_conformance.backends.adapters.textbook", "Sum"
LAYOUT = ""


def load_adapter() -> Any:
    """What makes the call, imported."""
    raise NotImplementedError


def prepare() -> None:
    """Import what the native call needs."""


def native(img: Any, k: Any, padding: Any) -> Any:
    """The call under test."""
    raise NotImplementedError(img, k, padding)


def oriented(k: Any) -> Any:
    """The kernel as the call reads it."""
    return k


def bound(scale: Any) -> Any:
    """How far an honest result may lie from the exact one."""
    return scale
