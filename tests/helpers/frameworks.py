"""Leaves out the tests of a framework that is not installed."""

from __future__ import annotations

from importlib.util import find_spec

import pytest


def need(framework: str) -> None:
    # Not importorskip: it would import one framework after the other into this process.
    if find_spec(framework) is None:
        pytest.skip(f"{framework} is not installed here")
