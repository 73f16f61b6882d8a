"""The public API: what another project's own tests import; it needs no pytest.

`checks` and `check` hold a call to every clause, `assert_conv2d` one result to the definition.
Everything here is stable: a name or an argument is deprecated for a release before it goes.
"""

from __future__ import annotations

from conv2d_conformance.errors import NonconformanceError
from conv2d_conformance.testing.array_assertion import assert_conv2d
from conv2d_conformance.testing.checks import Check, CheckSkipped, NewClauseWarning, checks
from conv2d_conformance.testing.expected_failure import DeadExpectedFailureError, ExpectedFailure
from conv2d_conformance.testing.parametrize import parametrize_with_checks
from conv2d_conformance.testing.profile import UnknownProfileError
from conv2d_conformance.testing.receipt import Receipt
from conv2d_conformance.testing.report import FindingsError, Report, Result
from conv2d_conformance.testing.run_checks import check

__all__ = [
    "Check",
    "CheckSkipped",
    "DeadExpectedFailureError",
    "ExpectedFailure",
    "FindingsError",
    "NewClauseWarning",
    "NonconformanceError",
    "Receipt",
    "Report",
    "Result",
    "UnknownProfileError",
    "assert_conv2d",
    "check",
    "checks",
    "parametrize_with_checks",
]
