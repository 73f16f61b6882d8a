"""The two sides of an upgrade: a Python each, and the backends that are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from conv2d_conformance.backends import registry
from conv2d_conformance.backends.find_adapter import UnknownBackendError
from conv2d_conformance.backends.protocol import Unavailable
from conv2d_conformance.backends.worker.installed_packages import BUILDS
from conv2d_conformance.runtime.environments.choose_python import python_with
from conv2d_conformance.runtime.environments.find_python import CannotBuildError
from conv2d_conformance.runtime.runner_pool import RunnerPool

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from conv2d_conformance.upgrade.schedule import Progress

# What is upgraded may be NumPy itself, which has no call: the loops that need nothing else show it.
OF_NUMPY = ("textbook",)
# No distribution's: their normal names are in lower case.
PYTHON = "Python"


@dataclass(frozen=True)
class Side:
    """One side: its name as the user wrote it, and its Python."""

    title: str
    python: Path

    def __str__(self) -> str:
        """Return the name as the user wrote it."""
        return self.title

    def has(self, name: str) -> str:
        """Return the selector of a backend in this Python."""
        return f"{name}@{self.python}"


def build_sides(
    wanted: Sequence[str], pythons: Sequence[str], more: Sequence[str], progress: Progress
) -> list[Side]:
    """Return the two sides, and build those for which requirements are given.

    Parameters
    ----------
    wanted : sequence of str
        Requirements of each side, separated by blanks; empty if the Pythons exist.
    pythons : sequence of str
        A path, command or version each; one is for both.
    more : sequence of str
        Requirements of both.

    Raises
    ------
    CannotBuildError
        If a Python does not exist, or a requirement cannot be met.
    """
    each: list[str | None] = [*pythons] if pythons else [None]
    each = each * 2 if len(each) == 1 else each
    made = []
    for words, python in zip(wanted or ("", ""), each, strict=True):
        there = python_with([*words.split(), *more], python, progress)
        made.append(Side(" on ".join(filter(None, (words, python))), there))
    return made


def backends(selectors: Sequence[str], sides: Sequence[Side]) -> dict[str, str]:
    """Return the backends that are compared; without a selector, the calls of what differs.

    Returns
    -------
    dict
        What selects each, and the name under which documents have it: an adapter in a file may
        declare another one.

    Raises
    ------
    UnknownBackendError
        If there are none, or a selector matches none on both sides.
    Unavailable
        If one loads on neither side.
    """
    chosen = selectors or backends_of_distributions(changed_distributions(sides))
    pool = RunnerPool()
    try:
        names = list(dict.fromkeys(n for each in chosen for n in _names(pool, each, sides)))
        return {name: _require(pool, name, sides) for name in names}
    finally:
        pool.stop()


def distributions(wanted: Iterable[str]) -> list[str]:
    """The distributions that requirements name, by their normal names.

    Raises
    ------
    CannotBuildError
        If one is not a valid requirement.
    """
    names = []
    for word in (word for words in wanted for word in words.split()):
        try:
            name = canonicalize_name(Requirement(word).name)
        except InvalidRequirement as error:
            msg = f"{word!r} is no requirement: write it as pip has it, without blanks: jax==0.10.2"
            raise CannotBuildError(msg) from error
        names.append(BUILDS.get(name, name))
    return list(dict.fromkeys(names))


def changed_distributions(sides: Sequence[Side]) -> list[str]:
    """The distributions that both sides have in different versions."""
    before, after = _held(sides)
    before.pop(PYTHON)
    return [name for name in before if after.get(name, before[name]) != before[name]]


def differences(sides: Sequence[Side]) -> list[str]:
    """Return what differs, in words, as ``jax 0.9.2 -> 0.10.2``; Python's version included.

    Raises
    ------
    Unavailable
        If a Python does not start.
    """
    before, after = _held(sides)
    return [
        f"{name} {before.get(name, 'not there')} -> {after.get(name, 'not there')}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _held(sides: Sequence[Side]) -> list[dict[str, str]]:
    """Versions of what each side holds, and of its Python, which has a name of its own."""
    pool = RunnerPool()
    try:
        greetings = [pool.greeting(side.python) for side in sides]
        return [{PYTHON: each["python"], **each["packages"]} for each in greetings]
    finally:
        pool.stop()


def backends_of_distributions(names: Sequence[str]) -> list[str]:
    """The shipped backends of some distributions.

    Raises
    ------
    UnknownBackendError
        If there are none.
    """
    found = [backend for name in names for backend in registry.backends_of(name)]
    if found:
        return found
    if "numpy" in names:
        return list(OF_NUMPY)
    said = f"no shipped backend is of {', '.join(names)}" if names else "no version differs"
    msg = f"{said}; name what to judge with --backend"
    raise UnknownBackendError(msg)


def _names(pool: RunnerPool, selector: str, sides: Sequence[Side]) -> list[str]:
    """Return what a selector matches on either side: only one of them may have registered it."""
    found, wrong = [], []
    for side in sides:
        try:
            selected = pool.select(side.has(selector))
        except UnknownBackendError as error:
            wrong.append(error)
        else:
            found += [each.removesuffix(side.has("")) for each in selected]
    if len(wrong) == len(sides):
        raise wrong[0]
    return found


def _require(pool: RunnerPool, name: str, sides: Sequence[Side]) -> str:
    """Return the name that a backend declares on the last side that it loads on."""
    declared, reasons = name, []
    for side in sides:
        try:
            declared = pool.runner(side.has(name)).spec.name
        except (Unavailable, UnknownBackendError) as error:
            reasons.append(f"{side}: {error}")
    if len(reasons) == len(sides):
        msg = f"{reasons[0]}; add what it needs with --with, or name others with --backend"
        raise Unavailable(msg)
    return declared
