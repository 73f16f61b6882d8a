"""Every translation between measured calls, ready for JSON, for the page's picker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packaging.version import Version

from conv2d_conformance.translation.call_facts import CallFacts, snippet_of
from conv2d_conformance.translation.measured import FACTS
from conv2d_conformance.translation.translate import translations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conv2d_conformance.reports.document.model import Document, Run
    from conv2d_conformance.reports.page.translations import Translation as Picked

Facts = dict[str, Any]


def translate_all_pairs(facts_by_backend: Mapping[str, Mapping[str, Any]]) -> list[Picked]:
    """Return the code with each call for the results of each other call.

    Parameters
    ----------
    facts_by_backend : mapping
        Facts of plain convolutions by the backend's name, as `facts_of` finds them in a results
        document.

    Returns
    -------
    list of Picked
        ``of``: the calls whose result it is, all those that get one text; ``to``: the call to
        write; ``padding`` and ``kernel`` (``odd`` or ``even``) of the former; ``code``, or null and
        ``why`` there is none.
    """
    calls = [CallFacts(name, facts, snippet_of(name)) for name, facts in facts_by_backend.items()]
    found: dict[tuple[str, str, str, str | None, str | None], list[str]] = {}
    for to in calls:
        for of in calls:
            for t in translations(of, to):
                text = to.name, t.padding, t.kernel, t.code, t.why
                found.setdefault(text, []).append(of.name)
    return [
        {"of": of, "to": to, "padding": padding, "kernel": kernel, "code": code, "why": why}
        for (to, padding, kernel, code, why), of in found.items()
    ]


def facts_of(document: Document) -> dict[str, Facts]:
    """Facts of the plain convolutions of a document by name; of several runs, the newest version's.

    The code is for the newest version: a document may also hold frameworks of years ago.
    """
    found: dict[str, tuple[list[Version], Facts]] = {}
    for run in document["runs"]:
        for name, (versions, facts) in _of_run(run).items():
            if facts.keys() >= {*FACTS} and (name not in found or versions >= found[name][0]):
                found[name] = versions, facts
    return {name: facts for name, (_, facts) in found.items()}


def _of_run(run: Run) -> dict[str, tuple[list[Version], Facts]]:
    found: dict[str, tuple[list[Version], Facts]] = {}
    for record in run["records"]:
        if record["kind"] == "backend":
            found[record["backend"]] = [Version(v) for v in record["versions"].values()], {}
        elif record["kind"] == "fact" and record["backend"] in found:
            found[record["backend"]][1][record["fact"]] = record["value"]
    return found
