"""A run that an option has reduced is never green by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.reports.document.files import load, save
from conv2d_conformance.reports.export.gate_json_junit import as_json
from conv2d_conformance.reports.export.gate_json_junit import junit as gate_junit
from conv2d_conformance.reports.export.gate_markdown import github, markdown
from conv2d_conformance.reports.export.gate_text import text
from conv2d_conformance.reports.export.junit import junit
from conv2d_conformance.reports.export.markdown import summary
from conv2d_conformance.reports.tables.summary import overall
from tests.helpers.documents import END, backend, document, run, verdict
from tests.helpers.gate_documents import gate
from tests.helpers.matrix_run import matrix

if TYPE_CHECKING:
    from pathlib import Path

    from conv2d_conformance.reports.document.model import Document

WORDS = "checks were left out"


@pytest.fixture(scope="module")
def reduced_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A document of one clause, and what the run said."""
    path = tmp_path_factory.mktemp("reduced") / "one.json"
    done = matrix("--backend", "textbook.sum", "-k", "B2", "--results", path)
    assert done.returncode == 0, done.stdout
    return path, done.stdout


@pytest.mark.slow
def test_every_artefact_says_that_checks_were_left_out(reduced_run: tuple[Path, str]) -> None:
    document, said = load(reduced_run[0]), reduced_run[1]
    status, sentence = overall(document)
    assert (status, "conforms" in sentence) == ("incomplete", False)
    told: list[Any] = [said, summary(document), junit(document)]
    assert [WORDS in one for one in told] == [True] * 3


@pytest.mark.slow
def test_a_whole_run_is_not_stamped(reduced_run: tuple[Path, str], tmp_path: Path) -> None:
    document = load(reduced_run[0])
    (run,) = document["runs"]
    closing: Any = run["records"][-1]
    closing["planned"] = sum(record["kind"] == "verdict" for record in run["records"])
    save(document, tmp_path / "whole.json")
    assert overall(load(tmp_path / "whole.json"))[0] == "conforms"


@pytest.mark.slow
def test_a_timing_does_not_stand_for_a_check(reduced_run: tuple[Path, str], tmp_path: Path) -> None:
    document = load(reduced_run[0])
    (run,) = document["runs"]
    judged: list[Any] = [record for record in run["records"] if record["kind"] == "verdict"]
    closing: Any = run["records"][-1]
    closing["planned"] = len(judged)
    judged[0]["clause"] = "T1"
    save(document, tmp_path / "timed.json")
    assert overall(load(tmp_path / "timed.json"))[0] == "incomplete"


def two_of(planned: int | None = 2) -> Document:
    closing = END if planned is None else END | {"planned": planned}
    return document(run(backend(), verdict(0), verdict(1), closing))


PARTS = {
    "both": (two_of(9), two_of(9), "the baseline and the candidate hold 2 of 9 checks each"),
    "both, otherwise": (
        two_of(9), two_of(8), "the baseline holds 2 of 9 checks, the candidate holds 2 of 8 checks",
    ),
    "the baseline": (two_of(9), two_of(), ": the baseline holds 2 of 9 checks;"),
    "the candidate": (two_of(None), two_of(9), ": the candidate holds 2 of 9 checks;"),
}  # fmt: skip


@pytest.mark.parametrize("name", PARTS)
def test_the_gate_says_that_a_part_was_compared(name: str) -> None:
    before, after, said = PARTS[name]
    made = gate(before, after)
    last = text(made).splitlines()[-1]
    assert f"only a part was compared{said if said[0] == ':' else f': {said}'}" in last
    assert "does not show that nothing else changed" in last
    assert (made.exit_code, made.findings) == (0, [])


@pytest.mark.parametrize("drawn", [as_json, gate_junit, github, markdown])
def test_every_form_of_the_gate_says_so(drawn: Any) -> None:
    before, after, said = PARTS["both"]
    assert said in drawn(gate(before, after))


def test_the_gate_names_the_environments_of_parts() -> None:
    one, other = (run(backend(), verdict(), END | {"planned": 5}, environment=e) for e in "ab")
    last = text(gate(document(one, other), document(one, other)))
    assert "in a, the baseline and the candidate hold 1 of 5 checks each" in last
    assert "(and 1 other environment in part)" in last


@pytest.mark.parametrize("planned", [2, None])
def test_the_gate_of_whole_documents_speaks_of_no_part(planned: int | None) -> None:
    assert "part" not in text(gate(two_of(planned), two_of(planned)))


def test_what_is_gone_is_a_finding_in_a_part_too() -> None:
    less = document(run(backend(), verdict(0), END | {"planned": 2}))
    made = gate(two_of(), less)
    assert (made.exit_code, [one.kind for one in made.findings]) == (1, ["vanished"])
    assert "the candidate holds 1 of 2 checks" in text(made)
