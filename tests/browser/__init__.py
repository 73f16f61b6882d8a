"""The page in a real browser. Needs Chromium, its driver and selenium; is skipped without them."""

from __future__ import annotations
