"""What a run records of a test's report."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from conv2d_conformance.matrix.recording import outcome_of


@pytest.mark.parametrize(
    ("outcome", "mark", "recorded"),
    [
        ("skipped", {"wasxfail": "deviates"}, "expected failure"),
        # Of a record that holds on some processors only.
        ("passed", {"wasxfail": "deviates"}, "passed"),
        # Of a strict record: pytest fails the test.
        ("failed", {}, "unexpected pass"),
        ("passed", {}, "passed"),
    ],
)
def test_the_pass_of_an_expected_failure_is_unexpected_if_the_record_is_certain(
    outcome: Literal["passed", "failed", "skipped"], mark: dict[str, Any], recorded: str
) -> None:
    location = ("test.py", 1, "test")
    report = pytest.TestReport("test", location, {}, outcome, None, "call", **mark)
    assert outcome_of(report, None, None) == recorded
