"""The anchors of the page: permanent links, made from names, not from positions."""

from __future__ import annotations

import hashlib
import re
from functools import cache

LONGEST = 80


def slug(name: str) -> str:
    """Return ``name`` in characters that a link takes as they are; two names never share one."""
    kept = re.sub(r"[^A-Za-z0-9._-]+", "-", name)[:LONGEST].strip("-")
    if kept == name:
        return kept
    return f"{kept}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}".lstrip("-")


def backend_place(label: str) -> str:
    """Return the id of a backend's section."""
    return f"backend/{slug(label)}"


@cache
def cell_place(label: str, clause: str) -> str:
    """Return the id of what stands behind one cell; a record's link adds its check and case."""
    return f"{backend_place(label)}/{slug(clause)}"


def clause_place(clause: str) -> str:
    """Return the id of a clause's statement."""
    return f"clause/{slug(clause)}"
