"""One change of each kind, planted in the document of a real run: found and named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.reports.document.files import load
from conv2d_conformance.reports.gate import FINDINGS
from conv2d_conformance.reports.tables.summary import FAILING
from tests.helpers.gate_documents import copied, gate
from tests.helpers.planted_changes import NAME, NOTED, PLANTED

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Document
    from conv2d_conformance.reports.gate import Comparison
    from tests.helpers.planted_changes import Plant

ROOT = Path(__file__).parents[2]
SECTIONS = "special_values or dtype or bad_input or geometry or values"
QUICK = "not G6 and not V1 and not 31x31 and not 11x11 and not question"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """What a run of a real backend wrote."""
    results = tmp_path_factory.mktemp("run") / "real.json"
    words = ["conformance", "--backend", NAME, "-m", SECTIONS, "-k", QUICK, "-q"]
    command = [sys.executable, "-m", "pytest", *words, "--results", str(results)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return load(results)


def planted(real: Document, before: Plant | None, after: Plant) -> Comparison:
    documents = copied(real), copied(real)
    for document, plant in zip(documents, (before, after), strict=True):
        records: list[Any] = document["runs"][0]["records"]
        if plant:
            plant(records)
        records[-1]["exit"] = int(any(r.get("outcome") in FAILING for r in records))
    return gate(*documents)


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_found_and_named(real: Document, name: str) -> None:
    one = PLANTED[name]
    made = planted(real, one.before, one.after)
    found = [c for c in made.findings if one.subject in (c.fact, c.case) and one.says in c.meaning]
    assert {c.kind for c in found} == {one.kind}, made.findings
    assert {c.kind for c in made.findings} == {one.kind}
    assert made.exit_code == 1, made.unjudged


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTED)
def test_what_got_better_or_is_new_is_noted_only(real: Document, name: str) -> None:
    kind, before, after = NOTED[name]
    made = planted(real, before, after)
    assert (made.exit_code, {note.kind for note in made.notes}) == (0, {kind}), made.findings


def test_every_kind_of_finding_is_planted() -> None:
    kinds = {one.kind for one in PLANTED.values()}
    assert kinds == {kind for kind in FINDINGS if not kind.endswith("acknowledgement")}


@pytest.mark.slow
def test_a_document_compared_with_itself_shows_nothing(real: Document) -> None:
    made = gate(real, copied(real))
    assert (made.exit_code, made.findings, made.notes) == (0, [], [])
    assert made.joined > 200
