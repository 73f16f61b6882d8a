"""Tests of the suite itself."""

from __future__ import annotations
