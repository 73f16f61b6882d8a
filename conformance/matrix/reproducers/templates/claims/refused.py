"""The call raises."""

from __future__ import annotations

from conv2d_conformance.matrix.reproducers.templates.refusal import answer, hold

# --- the script begins here

hold(answer())
