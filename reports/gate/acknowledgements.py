"""Reads the file of acknowledgements, and writes the entry to paste for a finding."""

from __future__ import annotations

import json
import tomllib
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement

from conv2d_conformance.reports.document.model import DocumentError
from conv2d_conformance.reports.gate.acknowledge import Acknowledgement
from conv2d_conformance.reports.gate.change import FINDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from conv2d_conformance.reports.gate.grouping import Group

REQUIRED = ("finding", "backend", "versions", "reason", "link", "expires")
PATTERNS = ("environment", "check", "case", "fact")
MAY_BE_EMPTY = ("versions", "link")
LASTS = timedelta(days=90)
# A finding about the acknowledgements themselves must be fixed; it cannot be accepted.
KINDS = tuple(kind for kind in FINDINGS if not kind.endswith("acknowledgement"))


def read(path: Path) -> list[Acknowledgement]:
    """Return the entries of a file of acknowledgements.

    Raises
    ------
    DocumentError
        If anything in it is invalid; one line names the entry and the key.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        msg = f"{path}: no such file of acknowledgements; check the path"
        raise DocumentError(msg) from error
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}); check the path and its permissions"
        raise DocumentError(msg) from error
    except ValueError as error:
        msg = f"{path}: not TOML ({' '.join(str(error).split())}); fix the syntax"
        raise DocumentError(msg) from error
    return list(_entries(content, path))


def _entries(content: Mapping[str, Any], path: Path) -> Iterator[Acknowledgement]:
    if unknown := sorted(content.keys() - {"acknowledgement"}):
        msg = f"{path}: key {unknown[0]!r} is not known; every entry is an [[acknowledgement]]"
        raise DocumentError(msg)
    entries = content.get("acknowledgement", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        msg = f"{path}: 'acknowledgement' is no array of tables; write [[acknowledgement]]"
        raise DocumentError(msg)
    for number, entry in enumerate(entries, 1):
        if wrong := next(_wrong(entry), None):
            msg = f"{path}: entry {number}: {wrong}"
            raise DocumentError(msg)
        yield Acknowledgement(**entry)


def _wrong(entry: Mapping[str, Any]) -> Iterator[str]:
    known = (*REQUIRED, *PATTERNS)
    for key in entry:
        if key not in known:
            yield f"key {key!r} is not known; the keys are {', '.join(known)}"
    for key in REQUIRED:
        if key not in entry:
            yield f"key {key!r} is missing; add it"
    for key, value in entry.items():
        if wrong := _wrong_value(key, value):
            yield f"key {key!r}: {wrong}"


def _wrong_value(key: str, value: Any) -> str:
    if key == "expires":
        day = isinstance(value, date) and not isinstance(value, datetime)
        return "" if day else f"{value!r:.40} is no date; write it bare, as 2026-12-31"
    if not isinstance(value, str):
        return f"{value!r:.40} is no text; put it in quotes"
    if not value.strip() and key not in MAY_BE_EMPTY:
        return "is empty; say why this is accepted" if key == "reason" else "is empty; fill it in"
    if key == "finding" and value not in KINDS:
        return f"{value!r:.40} is no kind of finding; the kinds are {', '.join(KINDS)}"
    return _wrong_versions(value) if key == "versions" else ""


def _wrong_versions(value: str) -> str:
    try:
        named = not value or bool(Requirement(value).specifier)
    except InvalidRequirement:
        named = False
    return "" if named else f"{value!r:.60} names no versions; write one as 'jax>=0.10,<0.11'"


def entry_for(group: Group, own: Mapping[str, str], today: date) -> str:
    """Return the entry that would accept a group of findings; the user must write its reason.

    ``own`` has the versions of the backend's own distributions, if it has any.
    """
    change = group.changes[0]
    name, version = next(iter(own.items()), ("", ""))
    cases, facts = ({getattr(one, name) for one in group.changes} for name in ("case", "fact"))
    family = escaped(change.fact.partition(".")[0])
    fields = {
        "finding": change.kind,
        "backend": escaped(change.backend),
        "environment": escaped(change.environment),
        "check": escaped(change.check),
        "case": escaped(change.case) if len(cases) == 1 else "",
        "fact": escaped(change.fact) if len(facts) == 1 else f"{family}.*",
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in fields.items() if value]
    lines.append(f"versions = {json.dumps(f'{name}=={version}' if name else '')}")
    lines += ['reason = ""  # why', 'link = ""  # where it is discussed']
    lines.append(f"expires = {today + LASTS}  # then it counts again")
    return "\n".join(["[[acknowledgement]]", *lines]) + "\n"


def escaped(text: str) -> str:
    """Return ``text`` as a shell pattern that matches nothing else."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in text)
