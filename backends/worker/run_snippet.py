"""Runs the snippet of an adapter: the native call, as the script of a bug report makes it.

Runs unchanged on Python 3.7 with numpy 1.16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from typing import Sequence

    from conv2d_conformance.backends.protocol import Array


def run(text: str, operands: Sequence[Any]) -> Array:
    """Run the snippet (see `backends.protocol.Spec`) on image, kernel and padding."""
    names = ("np", "img", "k", "padding")
    given: dict[str, Any] = dict(zip(names, (np, *operands)))
    exec(text, given)  # noqa: S102  (the adapter's own text)
    return np.asarray(given.get("y"))
