"""The call raises, or gives an empty array."""

from __future__ import annotations

from conv2d_conformance.matrix.reproducers.templates.head import end
from conv2d_conformance.matrix.reproducers.templates.refusal import answer, hold

# --- the script begins here

got = answer()
if not got.size:
    end(0, "empty")
hold(got)
