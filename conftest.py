"""Wiring only: the suite's options, fixtures and recorder live in the plugin."""

from __future__ import annotations

pytest_plugins = ["conv2d_conformance.plugin"]
