"""L: the requested backend is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.checks.registry import NamedCase, check
from conv2d_conformance.errors import RaisedError
from conv2d_conformance.under_test.backend import MissingBackend

if TYPE_CHECKING:
    from conv2d_conformance.under_test.backend import BackendUnderTest


@check("L1", (NamedCase("loads"),), operation=None)
def test_a_backend_that_was_asked_for_loads(subject: BackendUnderTest, case: NamedCase) -> None:
    if isinstance(subject.raw, MissingBackend):
        raise RaisedError(subject.raw.reason)
