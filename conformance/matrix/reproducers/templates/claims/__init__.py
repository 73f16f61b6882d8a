"""What a script holds the call to: one file per claim, its words joined by underscores."""

from __future__ import annotations
