"""The profiles: dated lists of checks that never change, so that a new release breaks no suite."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from conv2d_conformance.checks.registry import load_checks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LATEST = "2026.12"
SUFFIX = ".txt"


class UnknownProfileError(ValueError):
    """There is no profile of that date; the message lists those that there are."""


@dataclass(frozen=True)
class Profile:
    """One frozen list of checks and cases.

    Parameters
    ----------
    name : str
        Its date, such as ``2026.12``.
    cases : mapping of str to frozenset of str
        The ids of the cases of each check, by the name of its function.
    """

    name: str
    cases: Mapping[str, frozenset[str]]

    def holds(self, check: str, case: str) -> bool:
        """Return whether that check on that case is part of the profile."""
        return case in self.cases.get(check, ())


@cache
def load_profile(name: str) -> Profile:
    """Return the profile of that date.

    Raises
    ------
    UnknownProfileError
        If there is none.
    """
    file = resources.files(__package__) / "profiles" / f"{name}{SUFFIX}"
    if name not in profile_names():
        msg = f"there is no profile {name!r}; there is {', '.join(profile_names())}"
        raise UnknownProfileError(msg)
    lines = file.read_text("utf-8").splitlines()
    listed = (line.split() for line in lines if not line.startswith("#"))
    return Profile(name, {check: frozenset(cases) for check, *cases in listed})


@cache
def profile_names() -> tuple[str, ...]:
    """Return the dates of all profiles, the oldest first."""
    folder = resources.files(__package__) / "profiles"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX)))


def profile_text() -> str:
    """Return the profile that this version's checks make: a check a line, with its cases.

    Timings are left out: how fast a call is decides about no verdict.
    """
    return "".join(f"{' '.join((name, *cases))}\n" for name, cases in sorted(_judging().items()))


def _judging() -> Mapping[str, Iterable[str]]:
    return {
        name: [case.id for case in check.cases]
        for name, check in load_checks().items()
        if check.clause.section != "timing"
    }
