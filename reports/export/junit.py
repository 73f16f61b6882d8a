"""Renders a results document as JUnit XML, for programs that read nothing else.

JUnit lacks most of our outcomes: a verdict that is expected, measured, refused, unsupported or did
not run is skipped in JUnit, with its outcome as the type. The document stays authoritative.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conv2d_conformance.reports.tables.conventions import clip
from conv2d_conformance.reports.tables.summary import doubt, reduced, summarise, verdicts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.reports.document.model import Document, Outcome, Run, VerdictRecord
    from conv2d_conformance.reports.tables.summary import Line

# Characters that XML 1.0 has no way to write.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST = 3000


def junit(document: Document) -> str:
    """Return JUnit XML: a suite for each environment, a test for each verdict.

    An environment or a backend that did not run, and a run that was interrupted, are errors.
    """
    # Imported late: only this output needs it.
    from junitparser import JUnitXml

    whole = JUnitXml("conv2d-conformance")
    for run in document["runs"]:
        whole.add_testsuite(_suite(run))
    whole.update_statistics()  # type: ignore[no-untyped-call]
    text: bytes = whole.tostring()  # type: ignore[no-untyped-call]
    return text.decode("utf-8")


def xml(text: str) -> str:
    """Return ``text`` without what XML cannot hold."""
    return NOT_XML.sub("\ufffd", text)


def _suite(run: Run) -> Any:
    from junitparser import TestSuite

    suite = TestSuite(xml(run["environment"]))
    # All together: each call counts the suite again.
    suite.add_testcases(list(_cases(run)))
    return suite


def _cases(run: Run) -> Iterator[Any]:
    yield from map(_case, verdicts(run))
    for line in summarise({"schema_version": 1, "runs": [run]}):
        if line.status == "not run":
            yield _absent(line)
    if run["not_run"] is None and (why := doubt(run)):
        yield _error(xml(run["environment"]), "the run came to its end", why)
    if why := reduced(run):
        yield _error(xml(run["environment"]), "every check was asked for", why)


def _case(verdict: VerdictRecord) -> Any:
    from junitparser import TestCase

    name = xml(f"{verdict['clause']} {verdict['check']}[{verdict['case']}]")
    seconds = float(verdict["seconds"])
    case = TestCase(name, xml(verdict["backend"]), seconds if seconds == seconds else 0.0)
    if result := _result(verdict):
        case.result = [result]
    return case


def _result(verdict: VerdictRecord) -> Any:
    from junitparser import Error, Failure, Skipped

    outcome = verdict["outcome"]
    if outcome == "passed":
        return None
    kinds: dict[Outcome, Any] = {"failed": Failure, "unexpected pass": Failure}
    kinds |= {"error": Error, "crashed": Error, "timed out": Error}
    short = verdict["reason"] or verdict["message"] or ""
    symptom = f"{outcome}: {verdict['symptom']}" if verdict["symptom"] else outcome
    result = kinds.get(outcome, Skipped)(xml(clip(" ".join(short.split()))), type_=xml(symptom))
    details = (verdict["message"], verdict["repeat"] and f"repeat: {verdict['repeat']}")
    result.text = xml(clip("\n".join(filter(None, details)), LONGEST))
    return result


def _absent(line: Line) -> Any:
    return _error(xml(line.backend or line.environment), "was run", line.sentence)


def _error(classname: str, name: str, why: str) -> Any:
    from junitparser import Error, TestCase

    case = TestCase(name, classname)
    case.result = [Error(xml(why), type_="not run")]
    return case
