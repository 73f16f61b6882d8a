"""How long the suite's own work takes: ratios to read, never limits."""

from __future__ import annotations
