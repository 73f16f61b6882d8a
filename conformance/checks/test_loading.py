"""L: what was asked for is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.checks.registry import Named, check
from conv2d_conformance.errors import RaisedError
from conv2d_conformance.under_test.backend import Missing

if TYPE_CHECKING:
    from conv2d_conformance.under_test.backend import Subject


@check("L1", (Named("loads"),), operation=None)
def test_a_backend_that_was_asked_for_loads(subject: Subject, case: Named) -> None:
    if isinstance(subject.raw, Missing):
        raise RaisedError(subject.raw.reason)
