"""Renders the HTML page: its plots, packed records, scripts and wording."""

from __future__ import annotations
