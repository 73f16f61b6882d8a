"""No other output than those that read NaN or infinity is not finite."""

from __future__ import annotations

from conv2d_conformance.matrix.reproducers.templates.not_finite import got, hold, reads

# --- the script begins here

hold("spread", got & ~reads)
