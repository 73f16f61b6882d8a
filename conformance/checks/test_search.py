"""X: unforeseen input, explored by Hypothesis; a failure is shrunk to the smallest input.

The same examples run each time. ``--seed N`` and ``--hypothesis-seed N`` give others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.checks.property_search import explore
from conv2d_conformance.checks.registry import NamedCase, check

if TYPE_CHECKING:
    from conv2d_conformance.under_test.backend import BackendUnderTest


@check("X1", (NamedCase("shapes"), NamedCase("layouts")))
def test_no_input_is_found_that_gives_a_wrong_result(
    subject: BackendUnderTest, case: NamedCase
) -> None:
    explore(subject, case.id)
