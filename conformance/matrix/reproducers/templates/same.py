"""Compares two arrays bit for bit."""

from __future__ import annotations

import numpy as np

from conv2d_conformance.matrix.reproducers.templates.head import end

# --- the script begins here


def same(words, before, now):
    """End unless two arrays hold the same bits."""
    if before.shape != now.shape or before.dtype != now.dtype:
        end(1, words + ":", before.dtype, before.shape, "became", now.dtype, now.shape)
    if before.tobytes() != now.tobytes():
        differ = np.argwhere(~((before == now) | ((before != before) & (now != now))))
        at = tuple(differ[0].tolist()) if len(differ) else "the sign of a zero or a NaN"
        was, became = (before[at], now[at]) if len(differ) else ("", "")
        end(1, words + ": first at", at, "was", was, "became", became)
