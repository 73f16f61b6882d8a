"""Every translation between measured calls, ready for JSON: what a page needs to pick A and B."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.called import Called, snippet_of
from conformance.measured import FACTS
from conformance.translation import translations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reports.model import Document

Facts = dict[str, Any]


def every(facts_by_backend: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What to write with each call for the results of each other.

    Parameters
    ----------
    facts_by_backend : mapping
        Facts of plain convolutions by the backend's name, as `facts_of` finds them in a results
        document.

    Returns
    -------
    list of dict
        ``of``: the calls whose result it is, all those that get one text; ``to``: the call to
        write; ``padding`` and ``kernel`` (``odd`` or ``even``) of the former; ``code``, or null and
        ``why`` there is none.
    """
    calls = [Called(name, facts, snippet_of(name)) for name, facts in facts_by_backend.items()]
    found: dict[tuple[str | None, ...], list[str]] = {}
    for to in calls:
        for of in calls:
            for t in translations(of, to):
                text = to.name, t.padding, t.kernel, t.code, t.why
                found.setdefault(text, []).append(of.name)
    keys = ("to", "padding", "kernel", "code", "why")
    return [{"of": names, **dict(zip(keys, text, strict=True))} for text, names in found.items()]


def facts_of(document: Document) -> dict[str, Facts]:
    """Facts of the plain convolutions of a document by name; of several runs of one, the last's."""
    found: dict[str, Facts] = {}
    for run in document["runs"]:
        of_run: dict[str, Facts] = {}
        for record in run["records"]:
            if record["kind"] == "fact":
                of_run.setdefault(record["backend"], {})[record["fact"]] = record["value"]
        found.update(of_run)
    return {name: facts for name, facts in found.items() if facts.keys() >= {*FACTS}}
