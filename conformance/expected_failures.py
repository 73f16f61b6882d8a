"""Where today's frameworks deviate: one typed record each, strict, with its reason.

A record that no check meets, and one whose check passes, fails the run.
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass

from packaging.requirements import Requirement


@dataclass(frozen=True)
class ExpectedFailure:
    """One deviation of one backend.

    Parameters
    ----------
    backend : str
        Dotted name, or a shell pattern of names.
    versions : str
        Requirement that the installed distribution meets, such as ``scipy>=1.3``.
    check : str
        Name of the check function.
    symptom : str
        How it fails: a key of `conformance.nonconformance.SYMPTOMS`.
    reason : str
        What the framework does and why that is a deviation.
    case : str
        Shell pattern of case ids.
    link : str or None
        Upstream issue or documentation; None where none is known.
    """

    backend: str
    versions: str
    check: str
    symptom: str
    reason: str
    case: str = "*"
    link: str | None = None

    def expects(self, backend: str, check: str, installed: dict[str, str]) -> bool:
        """Whether this record is about that check of that backend at those versions."""
        return (
            check == self.check
            and fnmatch.fnmatchcase(backend, self.backend)
            and self.applies(installed)
        )

    def covers(self, case: str) -> bool:
        """Whether this record is about that case."""
        return fnmatch.fnmatchcase(case, self.case)

    def applies(self, installed: dict[str, str]) -> bool:
        """Whether the installed distributions (name: version) are those of the record."""
        wanted = Requirement(self.versions)
        version = installed.get(wanted.name)
        return version is not None and wanted.specifier.contains(version, prereleases=True)


EXPECTED_FAILURES: tuple[ExpectedFailure, ...] = ()
