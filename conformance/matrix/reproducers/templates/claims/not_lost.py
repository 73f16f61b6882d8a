"""Every output that reads NaN or infinity is not finite."""

from __future__ import annotations

from conv2d_conformance.matrix.reproducers.templates.not_finite import got, hold, reads

# --- the script begins here

hold("lost", reads & ~got)
