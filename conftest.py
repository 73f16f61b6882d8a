"""Wiring only: the suite's options, fixtures and recorder live in the plugins."""

from __future__ import annotations

pytest_plugins = ["conformance.plugin", "conformance.selection", "conformance.verdicts"]
