"""Packs data for the page's scripts: compressed JSON, in characters that are safe in HTML."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from markupsafe import Markup


def pack(value: Any) -> Markup:
    """Return ``value`` as base64 of gzip of JSON; the same value gives the same text."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    data = gzip.compress(text.encode("ascii"), compresslevel=6, mtime=0)
    return Markup(base64.b64encode(data).decode("ascii"))  # noqa: S704  (letters, digits, +/=)
