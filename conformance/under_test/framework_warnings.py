"""Keeps the warnings of frameworks apart from a test run's own rules about warnings."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def framework_warnings() -> Iterator[None]:
    """Keep a framework's warnings as warnings: turned into errors they would look like refusals."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        yield
