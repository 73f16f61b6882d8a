"""The report on one call: its findings, its receipt, and the documents that are made from it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from conv2d_conformance.reports.document.line_format import document_text
from conv2d_conformance.reports.export.markdown import job_page
from conv2d_conformance.reports.tables.summary import FAILING, ONLY_A_PART, count

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Document, Outcome
    from conv2d_conformance.reports.tables.summary import Status
    from conv2d_conformance.testing.checks import Check
    from conv2d_conformance.testing.receipt import Receipt

# What is a finding: a check that was not judged is never green.
FINDINGS: frozenset[Outcome] = FAILING | {"not run"}
SHOWN = 5


class FindingsError(AssertionError):
    """The call does not conform; the message lists the findings."""


@dataclass(frozen=True)
class Result:
    """What came of one check.

    Parameters
    ----------
    check : Check
    outcome : str
        ``passed``, ``failed``, ``expected failure``, ``unexpected pass``, ``unsupported``,
        ``refused``, ``measured``, ``error``, ``crashed``, ``timed out`` or ``not run``.
    symptom : str or None
        How it failed; see `ExpectedFailure`.
    message : str
        The bug report of a failure, or the reason why nothing was judged.
    seconds : float
    """

    check: Check
    outcome: Outcome
    symptom: str | None
    message: str
    seconds: float

    @property
    def finding(self) -> bool:
        """Whether it stops a run; a check that is newer than the profile never does."""
        return self.outcome in FINDINGS and not self.check.newer

    def __str__(self) -> str:
        said = f" ({self.symptom})" if self.symptom else ""
        return f"{self.check.id}: {self.outcome}{said}. {self.message}".rstrip(". ")


@dataclass(frozen=True)
class Report:
    """The report on one call.

    Parameters
    ----------
    name, profile : str
        The call, and the date of the list of checks.
    results : tuple of Result
        In the order of the checks.
    receipt : Receipt
    problems : tuple of str
        What else kept the call from being judged: a name that does not load, a profile that does
        not exist, a dead expected failure, too few checks. Each is a finding.
    document : dict or None
        The results document, which `python -m conv2d_conformance gate` compares; None if there was
        nothing to run.

    Examples
    --------
    >>> from conv2d_conformance.testing import check
    >>> report = check("textbook.sum")  # doctest: +SKIP
    >>> report.raise_for_findings()  # doctest: +SKIP
    """

    name: str
    profile: str
    results: tuple[Result, ...]
    receipt: Receipt
    problems: tuple[str, ...] = ()
    document: Document | None = None

    @property
    def findings(self) -> tuple[str, ...]:
        """One text for each result or problem that stops a run."""
        return (*self.problems, *(str(result) for result in self.results if result.finding))

    @property
    def warnings(self) -> tuple[str, ...]:
        """One text for each check that fails and is newer than the profile."""
        wrong = (each for each in self.results if each.outcome in FINDINGS)
        return tuple(str(result) for result in wrong if not result.finding)

    @property
    def conforms(self) -> bool:
        """Whether nothing was found and no check was left out.

        A selection of the checks does not show it; what was found in one is in `findings`.
        """
        return self.status == "conforms"

    @property
    def status(self) -> Status:
        """``conforms``; ``fails`` with findings; ``incomplete`` if only checks were left out."""
        if self.findings:
            return "fails"
        return "incomplete" if self.reduced else "conforms"

    @property
    def reduced(self) -> str:
        """How many of the planned checks a selection left out, in words; empty if none."""
        return self.receipt.reduced

    def raise_for_findings(self) -> None:
        """Raise if something was found; a selection in which nothing was found does not raise.

        Raises
        ------
        FindingsError
            With the receipt, the number of findings of each clause, and the first in full.
        """
        __tracebackhide__ = True
        if self.findings:
            raise FindingsError(self._message())

    def _message(self) -> str:
        clauses = Counter(each.check.clause for each in self.results if each.finding)
        counted = ", ".join(f"{many} of {clause}" for clause, many in clauses.items())
        found = count(len(self.findings), "finding")
        head = f"{self.name} does not conform to {self.profile}: {found}"
        lines = [f"{head} ({counted})" if counted else head, str(self.receipt)]
        lines += self.findings[:SHOWN]
        left = len(self.findings) - SHOWN
        return "\n".join([*lines, f"and {left} more"] if left > 0 else lines)

    def to_json(self) -> str:
        """Return the results document as JSON; ``gate``, ``report`` and ``merge`` read it.

        It says how many checks were planned. Without a document, an object with ``problems`` and
        ``receipt``.
        """
        if self.document is None:
            made = {"problems": self.problems, "receipt": asdict(self.receipt)}
            return json.dumps(made, indent=2)
        return document_text(self.document)

    def to_markdown(self) -> str:
        """Return verdict, receipt, failures and measured conventions, as for a job summary."""
        head = f"## {self.name}, profile {self.profile}\n\n{self.receipt}\n\n"
        head += f"**{self.reduced}: {ONLY_A_PART}.**\n\n" if self.reduced else ""
        problems = "".join(f"* {problem}\n" for problem in self.problems)
        return (
            head
            + (problems and f"{problems}\n")
            + (job_page(self.document) if self.document else "")
        )

    def badge(self) -> str:
        """Return JSON for a badge, as https://shields.io/badges/endpoint-badge reads it.

        It is green only if nothing was left out, and says how much was.

        Examples
        --------
        >>> report = check("textbook.sum")  # doctest: +SKIP
        >>> pathlib.Path("badge.json").write_text(report.badge())  # doctest: +SKIP
        """
        part, color = "", "brightgreen"
        if self.receipt.skipped:
            part, color = f", {self.receipt.skipped} of {self.receipt.planned} skipped", "yellow"
        message = count(self.receipt.ran, "check") + part
        if self.findings:
            message, color = count(len(self.findings), "finding"), "red"
        return json.dumps(
            {
                "schemaVersion": 1,
                "label": f"conv2d {self.profile}",
                "message": message,
                "color": color,
                "isError": self.status == "fails",
            }
        )
