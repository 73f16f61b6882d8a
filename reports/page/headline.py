"""The head of the page: what this document is, its verdict, and what is worth knowing first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conv2d_conformance.reports.page.answers import answers, answers_of_changes
from conv2d_conformance.reports.tables.summary import backends, count, overall, versions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conv2d_conformance.reports.document.model import Document
    from conv2d_conformance.reports.page.answers import Answer
    from conv2d_conformance.reports.page.changes import Changes
    from conv2d_conformance.reports.tables.deviations import Deviation

MAX_VERSIONS = 3
# The colour of a verdict, by the exit code of the gate.
STATUS_OF_CODE = {0: "conforms", 1: "fails"}


@dataclass(frozen=True)
class Headline:
    """What is read first; ``status`` gives the verdict its colour and its symbol."""

    subject: str
    status: str
    verdict: str
    answers: tuple[Answer, ...]


def headline(
    document: Document, changes: Changes | None, deviating: Sequence[Deviation]
) -> Headline:
    """Return the head of the page of a run, or of an upgrade if there are changes."""
    status, sentence = overall(document)
    if changes is None:
        return Headline(_subject(document), status, sentence, answers(document, deviating))
    status_of_gate = STATUS_OF_CODE.get(changes.exit_code, "incomplete")
    return Headline(_upgrade(changes), status_of_gate, _safe(changes), answers_of_changes(changes))


def _subject(document: Document) -> str:
    ran = [run for run in document["runs"] if backends(run)]
    calls = [name for run in ran for name in backends(run)]
    if len(calls) == 1:
        return f"One backend: {calls[0]}{_with(versions(ran[0]))}"
    if len(ran) == 1:
        return f"One run of {len(calls)} backends{_with(versions(ran[0]))}"
    return f"Several runs together: {count(len(calls), 'backend')} in {len(ran)} environments"


def _with(versions: dict[str, str]) -> str:
    shown = [f"{name} {version}" for name, version in versions.items()][:MAX_VERSIONS]
    return f", of {', '.join(shown)}" if shown else ""


def _upgrade(changes: Changes) -> str:
    told = [f"{name} {was} → {now}" for name, (was, now) in changes.upgraded.items()]
    if not told:
        return "A comparison with a baseline of the same versions"
    more = f" and {len(told) - MAX_VERSIONS} more" if len(told) > MAX_VERSIONS else ""
    return f"An upgrade: {', '.join(told[:MAX_VERSIONS])}{more}"


def _safe(changes: Changes) -> str:
    """Return the verdict on an upgrade in one sentence."""
    said = "Nothing became worse"
    if causes := changes.causes:
        worst = changes.tables["Findings"][0].severity
        said = f"{count(causes, 'change')} to look at, the worst: “{worst}”"
    elif changes.unjudged:
        said = "It cannot be told whether anything became worse"
    if changes.unjudged:
        said += f"; {count(len(changes.unjudged), 'thing')} could not be judged"
    return "; ".join(filter(None, (said, changes.partial))) + "."
