"""Runs the checks of one call, and reports; it never raises."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from conv2d_conformance.errors import NonconformanceError
from conv2d_conformance.matrix.check_ids import FOLDER
from conv2d_conformance.matrix.recording import Recording, outcome_of_error
from conv2d_conformance.reports.document.files import load
from conv2d_conformance.reports.tables.summary import RAN
from conv2d_conformance.runtime.in_process import SECONDS
from conv2d_conformance.testing.checks import CheckSkipped, checks, name_of
from conv2d_conformance.testing.profile import LATEST
from conv2d_conformance.testing.receipt import Receipt
from conv2d_conformance.testing.report import Report, Result
from conv2d_conformance.under_test.framework_warnings import framework_warnings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conv2d_conformance.reports.document.model import Document, Outcome
    from conv2d_conformance.testing.checks import Call, Check
    from conv2d_conformance.testing.expected_failure import ExpectedFailure
    from conv2d_conformance.under_test.backend import BackendUnderTest


def check(
    call: Call,
    profile: str = LATEST,
    *,
    expected_failures: Sequence[ExpectedFailure] = (),
    minimum: int = 1,
    select: Callable[[Check], bool] | None = None,
    seconds: float = SECONDS,
) -> Report:
    """Run the checks of a profile on a call; whatever the call does is in the report.

    Parameters
    ----------
    call, profile, expected_failures, seconds
        As `checks` has them.
    minimum : int
        The least number of checks that must get a verdict. Fewer is a finding: a suite that
        shrinks goes red.
    select : callable or None
        Which checks to run, such as ``lambda check: check.cost == "low"``; the rest count as
        skipped, and the report as ``incomplete``. None runs all.

    Returns
    -------
    Report
        Never an exception, but `KeyboardInterrupt`.

    Examples
    --------
    >>> from conv2d_conformance.testing import check
    >>> report = check("textbook.sum", select=lambda check: check.clause == "S1")
    >>> report.raise_for_findings()
    >>> report.status
    'incomplete'
    >>> print(report.receipt)  # doctest: +SKIP
    """
    name = call if isinstance(call, str) else name_of(call)
    try:
        planned = checks(call, profile, expected_failures=expected_failures, seconds=seconds)
    except Exception as error:  # noqa: BLE001  (a report never raises)
        return Report(name, profile, (), Receipt(0, 0, 0, 0, minimum), (_line(error),))
    results, document, problems = _judged(
        [each for each in planned if select is None or select(each)], name, len(planned)
    )
    receipt = Receipt.from_outcomes((each.outcome for each in results), len(planned), minimum)
    if not receipt.enough:
        problems = (*problems, str(receipt))
    return Report(name, profile, results, receipt, problems, document)


def _line(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _judged(
    selected: Sequence[Check], name: str, planned: int
) -> tuple[tuple[Result, ...], Document | None, tuple[str, ...]]:
    """Run checks, and return the results, the document of the run, and what went wrong.

    ``planned`` is how many there are if a selection leaves out none.
    """
    if not selected:
        return (), None, ()
    subject = selected[0].subject
    with TemporaryDirectory() as folder:
        path = Path(folder) / "results.json"
        words = ("--pyargs", "conv2d_conformance", "--backend", subject.selector)
        recording = Recording.start(str(path), name, words, [subject])
        problems = _describe(recording, subject)
        results = tuple(_recorded(recording, each) for each in selected)
        recording.end(int(any(each.finding for each in results)), planned)
        return results, load(path), problems


def _describe(recording: Recording, subject: BackendUnderTest) -> tuple[str, ...]:
    """Record what was measured of a call; one that cannot be measured is still judged."""
    try:
        with framework_warnings():
            recording.backend(subject)
    except Exception as error:  # noqa: BLE001  (whatever a call does)
        return (f"its facts cannot be measured: {_line(error)}",)
    return ()


def _recorded(recording: Recording, check: Check) -> Result:
    result = run_one(check)
    expected, judged = check.expected, result.outcome in RAN
    known = expected.reason if expected else ""
    reason = known if judged else result.message
    recording.verdict(
        check.subject,
        check.checked,
        check.case,
        result.outcome,
        node=_node(check),
        seconds=result.seconds,
        symptom=result.symptom,
        message=(result.message or None) if judged else None,
        reason=reason or None,
        link=(expected.link or None) if expected else None,
    )
    return result


def _node(check: Check) -> str:
    """Return the id of a check in documents, the same as in the documents of the matrix."""
    module = check.checked.function.__module__.rpartition(".")[2]
    test = f"{check.checked.name}[{check.subject.spec.name}-{check.case.id}]"
    return f"{FOLDER}/checks/{module}.py::{test}"


def run_one(check: Check) -> Result:
    """Run one check and return its result; a failure that is expected is told from others."""
    began = perf_counter()
    outcome, symptom, message = _outcome(check)
    expected = check.expected
    if expected is not None:
        if outcome == "passed":
            outcome, message = "unexpected pass", f"it was to fail: {expected.reason}"
        elif symptom == expected.symptom and outcome != "measured":
            outcome = "expected failure"
    return Result(check, outcome, symptom, message, perf_counter() - began)


def _outcome(check: Check) -> tuple[Outcome, str | None, str]:
    try:
        check.judge()
    except CheckSkipped as reason:
        return reason.outcome, reason.symptom, str(reason)
    except NonconformanceError as error:
        return outcome_of_error(error), error.symptom, str(error)
    except Exception as error:  # noqa: BLE001  (whatever a call does)
        return outcome_of_error(error), None, _line(error)
    return "passed", None, ""
