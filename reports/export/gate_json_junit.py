"""The gate's findings for programs: complete JSON, and JUnit XML."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from conv2d_conformance.reports.export.gate_text import entries_of, only_a_part, place, verdict
from conv2d_conformance.reports.export.junit import xml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conv2d_conformance.reports.gate.change import Change
    from conv2d_conformance.reports.gate.compare import Comparison


def as_json(made: Comparison) -> str:
    """Return every finding and note, and the entry for each group of findings, as one object."""
    value: dict[str, Any] = {
        "verdict": verdict(made),
        "exit": made.exit_code,
        "fail_on": made.fail_on,
        "joined": made.joined,
        "could_not_judge": made.unjudged,
        "partial": made.partial,
        "findings": [asdict(change) for change in made.findings],
        "acknowledged": [
            {**asdict(one.change), "reason": one.by.reason, "link": one.by.link,
             "expires": one.by.expires.isoformat()}
            for one in made.acknowledged
        ],
        "notes": [asdict(change) for change in made.notes],
        "acknowledgements": list(entries_of(made)),
    }  # fmt: skip
    return json.dumps(value, indent=1)


def junit(made: Comparison) -> str:
    """Return JUnit XML: a finding is a failure, something that could not be judged an error.

    Notes are left out, because a passing test says nothing. Without a finding there is one
    passing test, because a file without tests reads as a gate that did not run. Where only a part
    of the checks was compared, that test is skipped and says so.
    """
    # Imported late: only this output needs it.
    from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

    whole = JUnitXml("conv2d-conformance gate")
    for environment, changes in _by_environment(made.findings).items():
        suite = TestSuite(xml(environment or "acknowledgements"))
        for change in changes:
            suite.add_testcase(_case(TestCase, change, Failure))
        whole.add_testsuite(suite)
    whole.add_testsuite(_outcome(TestCase, TestSuite, Error, Skipped, made))
    whole.update_statistics()  # type: ignore[no-untyped-call]
    text: bytes = whole.tostring()  # type: ignore[no-untyped-call]
    return text.decode("utf-8")


def _by_environment(changes: Iterable[Change]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.environment, []).append(change)
    return found


def _case(case: Any, change: Change, failure: Any) -> Any:
    what = " ".join(part for part in (change.fact or change.check, change.case) if part)
    made = case(xml(f"{change.kind}: {what or 'the whole of it'}"), classname=xml(place(change)))
    result = failure(xml(f"{change.before} -> {change.after}"), type_=change.kind)
    result.text = xml(f"{change.severity}: {change.meaning}")
    made.result = [result]
    return made


def _outcome(case: Any, suite: Any, error: Any, skipped: Any, made: Comparison) -> Any:
    outcome = suite("gate")
    for reason in made.unjudged:
        one = case("could not judge", classname="gate")
        one.result = [error(xml(reason), type_="could not judge")]
        outcome.add_testcase(one)
    if said := only_a_part(made):
        one = case("everything was compared", classname="gate")
        one.result = [skipped(xml(said), type_="only a part")]
        outcome.add_testcase(one)
    elif not made.unjudged:
        outcome.add_testcase(case("everything was compared", classname="gate"))
    return outcome
