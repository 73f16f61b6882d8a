"""Calls that end their process, or hold it up, on images of 9×10 pixels; right on all others.

``tests/helpers/hostile_backends.py:exits`` is one of them, as ``--backend`` takes it.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from typing import TYPE_CHECKING

import numpy as np

from tests.mutants import direct

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.backends.protocol import Array
    from tests.mutants.direct import Conv2d

SHAPE = (9, 10)


def on_some(act: Callable[[], object]) -> Conv2d:
    """A right call that acts first where the image has that shape."""

    def conv2d(img: Array, k: Array, padding: str) -> Array:
        if img.shape == SHAPE:
            act()
        return direct.conv2d(img, k, padding)

    return conv2d


def eat() -> None:
    """Allocate without end."""
    held = []
    while True:
        held.append(np.ones(10**6))


segfaults = on_some(lambda: ctypes.string_at(0))
hangs = on_some(lambda: time.sleep(10**6))
exits = on_some(lambda: os._exit(0))
floods = on_some(lambda: sys.stdout.write("x" * 2**20))
eats = on_some(eat)
