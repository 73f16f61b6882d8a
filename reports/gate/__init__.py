"""Joins two results documents record by record and names what changed; pure functions."""

from __future__ import annotations

from reports.gate.change import FINDINGS, NOTES, Change, Kind
from reports.gate.compare import Comparison, compare

__all__ = ["FINDINGS", "NOTES", "Change", "Comparison", "Kind", "compare"]
