"""Compares two results documents record by record, and reports what changed; pure functions."""

from __future__ import annotations

from conv2d_conformance.reports.gate.change import FINDINGS, NOTES, Change, Kind
from conv2d_conformance.reports.gate.compare import Comparison, compare

__all__ = ["FINDINGS", "NOTES", "Change", "Comparison", "Kind", "compare"]
