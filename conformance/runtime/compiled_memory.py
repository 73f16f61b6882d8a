"""Bounds the memory that a framework keeps for the shapes that it has compiled.

JAX keeps an executable of about 5 MiB for each; a run compiles hundreds of shapes.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress

import psutil

MIB = 2**20
# A process may hold this much before anything is dropped, and then as much more than what remains.
LIMIT = 600 * MIB
# Compiled shapes between two measurements: one costs as much as a small call.
INTERVAL = 8


class CompiledMemory:
    """The memory of this process; ``releases`` counts how often compiled shapes were dropped."""

    def __init__(self) -> None:
        self.releases = 0
        self._limit = LIMIT
        self._compiled = 0

    def before_compiling(self) -> bool:
        """Drop compiled shapes if the process holds too much; return whether it did.

        Before the next shape, not after one: what was just compiled may be timed now.
        """
        self._compiled += 1
        if self._compiled % INTERVAL or "jax" not in sys.modules or resident() <= self._limit:
            return False
        release()
        self.releases += 1
        # Other memory of the process must not cause a drop at each call.
        self._limit = max(LIMIT, resident() + LIMIT // 2)
        return True


def resident() -> int:
    """Return the bytes of memory that this process holds."""
    held: int = psutil.Process().memory_info().rss
    return held


def release() -> None:
    """Drop what JAX has compiled, and return the memory to the operating system."""
    sys.modules["jax"].clear_caches()
    gc.collect()
    # The C library keeps freed memory; only glibc has a call that returns it.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


MEMORY = CompiledMemory()
