"""A run that an option has reduced is never green by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.reports.document.files import load, save
from conv2d_conformance.reports.export.junit import junit
from conv2d_conformance.reports.export.markdown import summary
from conv2d_conformance.reports.tables.summary import overall
from tests.helpers.matrix_run import matrix

if TYPE_CHECKING:
    from pathlib import Path

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
