"""An expected failure of somebody's own call: which check, how it fails, why, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from importlib import metadata
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from conv2d_conformance.checks.clauses import CLAUSES
from conv2d_conformance.errors import SYMPTOMS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from conv2d_conformance.errors import NonconformanceError


@dataclass(frozen=True)
class ExpectedFailure:
    """One known deviation; strict: a check that it covers and that passes is a finding.

    Parameters
    ----------
    check : str
        A clause (``"N2"``), the id of a check, or a shell pattern of ids
        (``"V1/*/float16*"``).
    symptom : str
        How the checks fail, a key of `conv2d_conformance.errors.SYMPTOMS`: ``value``, ``shape``,
        ``dtype``, ``fact``, ``mutated input``, ``stale output``, ``unstable``, ``global state``,
        ``timed out``, ``crashed``, ``accepted bad input`` or ``raised``. Another symptom is a
        failure.
    reason : str
        What the call does, and why that is known.
    versions : str
        A requirement such as ``"mylib<2"``; the record counts where it is met. Empty: everywhere.
    link : str
        The issue that tracks it; may be empty.
    expires : date, str or None
        The first day, as ``2027-03-01``, on which the record no longer counts and is itself a
        finding. None: never.

    Raises
    ------
    ValueError
        If a field says nothing, or names no clause, symptom, requirement or day.

    Examples
    --------
    >>> ExpectedFailure("N2", "value", "an FFT spreads NaN", expires="2027-03-01").day
    datetime.date(2027, 3, 1)
    """

    check: str
    symptom: str
    reason: str
    versions: str = ""
    link: str = ""
    expires: date | str | None = None

    def __post_init__(self) -> None:
        if problem := next(self._problems(), None):
            msg = f"expected failure {self.check!r}: {problem}"
            raise ValueError(msg)

    def _problems(self) -> Iterator[str]:
        if not {"/", "*"} & {*self.check} and self.check not in CLAUSES:
            yield "give a clause (V1), the id of a check, or a pattern of ids (V1/*)"
        if self.symptom not in SYMPTOMS:
            yield f"there is no symptom {self.symptom!r}; there is {', '.join(SYMPTOMS)}"
        if not self.reason.strip():
            yield "give a reason"
        try:
            _ = self.day, self._requirement
        except (ValueError, TypeError) as error:
            yield str(error)

    @property
    def day(self) -> date | None:
        """The first day on which it no longer counts."""
        return date.fromisoformat(self.expires) if isinstance(self.expires, str) else self.expires

    @property
    def _requirement(self) -> Requirement | None:
        return Requirement(self.versions) if self.versions else None

    @property
    def error(self) -> type[NonconformanceError]:
        """The class of error that it expects."""
        return SYMPTOMS[self.symptom]

    @property
    def applies(self) -> bool:
        """Whether its requirement is met by what is installed."""
        wanted = self._requirement
        if wanted is None:
            return True
        try:
            there = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            return False
        return wanted.specifier.contains(there, prereleases=True)

    def covers(self, identifier: str) -> bool:
        """Return whether it is about the check of that id."""
        clause = identifier.partition("/")[0]
        return self.check == clause or fnmatchcase(identifier, self.check)


class DeadExpectedFailureError(ValueError):
    """An expected failure covers no check, or has expired; the message says what to do."""


def require_alive(records: Sequence[ExpectedFailure], ids: Collection[str]) -> None:
    """Require that every record has not expired and, where it applies, covers a check.

    Raises
    ------
    DeadExpectedFailureError
        For the first that has, or that does not.
    """
    today = datetime.now(UTC).date()
    for record in records:
        if record.day is not None and record.day <= today:
            msg = f"expected failure {record.check!r} expired on {record.day}; fix or renew it"
            raise DeadExpectedFailureError(msg)
        if record.applies and not any(record.covers(each) for each in ids):
            msg = f"expected failure {record.check!r} covers no check; fix or delete it"
            raise DeadExpectedFailureError(msg)
