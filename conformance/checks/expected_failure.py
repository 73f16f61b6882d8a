"""A record of an expected failure: the backend, the check, the symptom and the reason."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from conv2d_conformance.cases import random_data

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conv2d_conformance.backends.protocol import Spec
    from conv2d_conformance.reports.document.severity import Severity


_requirement = cache(Requirement)


@dataclass(frozen=True)
class ExpectedFailure:
    """One expected failure of one backend.

    Parameters
    ----------
    backend : str
        Dotted name, or a shell pattern of names.
    versions : str
        Requirement that one of the backend's own distributions meets, such as ``scipy>=1.3``.
    check : str
        Name of the check function.
    symptom : str
        The symptom: a key of `conv2d_conformance.errors.SYMPTOMS`.
    severity : str
        How bad it is, in a word of `conv2d_conformance.reports.tables.severity.SEVERITIES`.
    reason : str
        What the framework does and why that is a deviation.
    case : str
        Shell pattern of case ids.
    link : str or None
        Upstream issue or documentation; None if none is known.
    varied : str or None
        As ``case``, for runs with another ``--seed``: whether data show a deviation may vary.
    certain : bool
        False if the deviation depends on the processor or on chance; the reason then says so, and a
        pass is not unexpected.
    """

    backend: str
    versions: str
    check: str
    symptom: str
    severity: Severity
    reason: str
    case: str = "*"
    link: str | None = None
    varied: str | None = None
    certain: bool = True

    def expects(self, spec: Spec, check: str, packages: Mapping[str, str]) -> bool:
        """Return whether this record is about that check of that backend, as installed."""
        if check != self.check or not fnmatch.fnmatchcase(spec.name, self.backend):
            return False
        wanted = _requirement(self.versions)
        there = packages.get(wanted.name, "")
        return wanted.name in spec.distributions and wanted.specifier.contains(
            there, prereleases=True
        )

    @property
    def strict(self) -> bool:
        """Return whether a pass is unexpected; other data may not show the failure."""
        return self.certain and random_data.SEED.get() == 0

    def covers(self, case: str) -> bool:
        """Return whether this record is about that case."""
        varied = self.varied if random_data.SEED.get() else None
        return fnmatch.fnmatchcase(case, varied or self.case)
