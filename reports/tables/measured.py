"""What a call that declares nothing does where a clause asks otherwise, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.reports.tables.summary import Key, verdicts

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Document, Run, VerdictRecord

# The start of the reason if a call deviates but declared nothing to be checked against.
UNDECLARED = "declares nothing; "
# The start of every such reason; the others name a fact that the table of conventions has.
UNHELD = "declares no"


def is_measured(verdict: VerdictRecord) -> bool:
    """Return whether a call could be held to nothing; older documents call that refused."""
    outcome, reason = verdict["outcome"], verdict["reason"] or ""
    return outcome == "measured" or (outcome == "refused" and reason.startswith(UNHELD))


def answers(document: Document) -> dict[Key, dict[str, list[str]]]:
    """Return what calls did, by (environment, backend) and then by clause; each answer once."""
    found: dict[Key, dict[str, list[str]]] = {}
    for run in document["runs"]:
        for backend, said in answers_of_run(run).items():
            found[run["environment"], backend] = said
    return found


def answers_of_run(run: Run) -> dict[str, dict[str, list[str]]]:
    """Return what calls did, by backend and then by clause; each answer once."""
    found: dict[str, dict[str, dict[str, None]]] = {}
    for verdict in verdicts(run):
        reason = verdict["reason"] or ""
        if is_measured(verdict) and reason.startswith(UNDECLARED):
            clauses = found.setdefault(verdict["backend"], {})
            clauses.setdefault(verdict["clause"], {})[reason.removeprefix(UNDECLARED)] = None
    return {name: {c: list(said) for c, said in row.items()} for name, row in found.items()}


def sentence(said: list[str], most: int = 12) -> str:
    """Return answers on one line, the first of them where there are many."""
    left = f"; and {len(said) - most} more in the results document" if len(said) > most else ""
    return "; ".join(said[:most]) + left
