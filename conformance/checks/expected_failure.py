"""What a record of a deviation says, and of which check of which backend it does."""

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


_requirement = cache(Requirement)


@dataclass(frozen=True)
class ExpectedFailure:
    """One deviation of one backend.

    Parameters
    ----------
    backend : str
        Dotted name, or a shell pattern of names.
    versions : str
        Requirement that one of the backend's own distributions meets, such as ``scipy>=1.3``.
    check : str
        Name of the check function.
    symptom : str
        How it fails: a key of `conv2d_conformance.errors.SYMPTOMS`.
    reason : str
        What the framework does and why that is a deviation.
    case : str
        Shell pattern of case ids.
    link : str or None
        Upstream issue or documentation; None where none is known.
    varied : str or None
        As ``case``, under a ``--seed`` of one's own: which data show a deviation may vary.
    certain : bool
        False where the deviation depends on the processor, which the reason then says: a pass is
        then no unexpected one.
    """

    backend: str
    versions: str
    check: str
    symptom: str
    reason: str
    case: str = "*"
    link: str | None = None
    varied: str | None = None
    certain: bool = True

    def expects(self, spec: Spec, check: str, packages: Mapping[str, str]) -> bool:
        """Whether this record is about that check of that backend, with what is installed there."""
        if check != self.check or not fnmatch.fnmatchcase(spec.name, self.backend):
            return False
        wanted = _requirement(self.versions)
        there = packages.get(wanted.name, "")
        return wanted.name in spec.distributions and wanted.specifier.contains(
            there, prereleases=True
        )

    @property
    def strict(self) -> bool:
        """Whether a pass is unexpected; what fails on the usual data need not fail on all."""
        return self.certain and random_data.SEED.get() == 0

    def covers(self, case: str) -> bool:
        """Whether this record is about that case."""
        varied = self.varied if random_data.SEED.get() else None
        return fnmatch.fnmatchcase(case, varied or self.case)
