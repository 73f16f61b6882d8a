"""Wiring only: the suite's options, fixtures and recorder live in `conformance.plugin`."""

from __future__ import annotations

pytest_plugins = ["conformance.plugin"]
