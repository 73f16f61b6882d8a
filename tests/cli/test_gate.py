"""The command `gate` as it is typed, and `run --save-baseline`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.cli import results_commands
from conv2d_conformance.cli.main import main
from conv2d_conformance.reports.document.files import load, merge, save
from conv2d_conformance.reports.export.baseline import to_baseline
from tests.helpers.command_line import FLIPS_ROWS
from tests.helpers.documents import backend, document, run, verdict
from tests.helpers.gate_documents import facts, run_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conv2d_conformance.reports.document.model import Document

ROOT = Path(__file__).parents[2]
BEFORE = run_document(*facts(orientation="convolution"))
AFTER = run_document(*facts(orientation="correlation"))
ACCEPTED = """[[acknowledgement]]
finding = "fact changed"
backend = "scipy.*"
versions = "scipy==1.17.1"
reason = "announced"
link = ""
expires = 2999-01-01
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(to_baseline(BEFORE), tmp_path / "base" / "scipy.json", brief=True)
    save(BEFORE, tmp_path / "same.json")
    save(AFTER, tmp_path / "after.json")
    return tmp_path


def gate(folder: Path, candidate: str, *words: str, baseline: str = "base/scipy.json") -> int:
    return main(["gate", str(folder / baseline), str(folder / candidate), *words])


def test_a_change_is_exit_1_and_no_change_exit_0(folder: Path) -> None:
    assert (gate(folder, "after.json"), gate(folder, "same.json")) == (1, 0)


def test_a_finding_below_the_given_severity_is_exit_0(folder: Path) -> None:
    save(run_document(*facts(orientation="convolution", one_thread="differs")), folder / "b.json")
    words = ("--fail-on", "wrong-numbers-silently")
    assert (gate(folder, "b.json", *words), gate(folder, "after.json", *words)) == (0, 1)


@pytest.mark.parametrize(
    ("baseline", "candidate", "words"),
    [
        ("same.json", "base/scipy.json", "the candidate is a saved baseline"),
        ("after.json", "before.json", "the candidate began at 2025-11-19"),
        ("base/scipy.json", "after.json", ""),
        ("before.json", "after.json", ""),
        ("after.json", "absent.json", ""),
    ],
)
def test_swapped_documents_are_pointed_out(
    baseline: str,
    candidate: str,
    words: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    earlier = {**BEFORE["runs"][0], "started": "2025-11-19T10:00:00Z"}
    save(document(earlier), folder / "before.json")  # type: ignore[arg-type]
    save(merge([], expected=["scipy"]), folder / "absent.json")
    gate(folder, candidate, baseline=baseline)
    said = capsys.readouterr().err
    assert words in said
    assert ("swapped" in said) is bool(words)


def test_a_folder_of_baselines_is_merged(folder: Path) -> None:
    torch = document(run(*BEFORE["runs"][0]["records"], environment="torch"))
    save(to_baseline(torch), folder / "base" / "torch.json", brief=True)
    assert gate(folder, "same.json", baseline="base") == 2
    assert gate(folder, "same.json", "--only-common", baseline="base") == 0


@pytest.mark.parametrize("baseline", ["base", "base/scipy.json"])
def test_acknowledgements_beside_the_baseline_are_read(folder: Path, baseline: str) -> None:
    (folder / "base" / "acknowledgements.toml").write_text(ACCEPTED, "utf-8")
    assert gate(folder, "after.json", baseline=baseline) == 0


def test_acknowledgements_are_read_where_they_are_said_to_be(folder: Path) -> None:
    path = folder / "accepted.toml"
    path.write_text(ACCEPTED, "utf-8")
    assert gate(folder, "after.json", "--acknowledgements", str(path)) == 0
    assert path.read_text("utf-8") == ACCEPTED


def test_json_is_all_that_is_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gate(folder, "after.json", "--json")
    assert [f["fact"] for f in json.loads(capsys.readouterr().out)["findings"]] == ["orientation"]


def test_workflow_commands_are_printed_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gate(folder, "after.json", "--github")
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("::error title=wrong numbers%2C silently%3A fact changed%3A ")


def test_files_are_written_in_folders_that_are_made(folder: Path) -> None:
    junit, page = folder / "new" / "gate.xml", folder / "new" / "gate.md"
    assert gate(folder, "after.json", "--junit", str(junit), "--markdown", str(page)) == 1
    assert 'failures="1"' in junit.read_text("utf-8")
    assert page.read_text("utf-8").startswith("**1 finding; 0 notes, 1 verdict compared**\n")


MISTAKES = {
    "missing.json": (("missing.json",), "no such results document"),
    "truncated": (("cut.json",), "not complete JSON"),
    "foreign": (("pyproject.toml",), "not complete JSON"),
    "foreign JSON": (("foreign.json",), "no results document"),
    "another schema": (("schema.json",), "schema version 9, this release reads 1"),
    "an empty folder": (("empty",), "no *.json in this folder"),
    "bad acknowledgements": (("same.json", "--acknowledgements", "cut.json"), "not TOML"),
    "no acknowledgements": (("same.json", "--acknowledgements", "no.toml"), "no such file of"),
    "a file in the way": (("same.json", "--junit", "cut.json/x"), "choose another --junit"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line_and_exit_2(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words, said = MISTAKES[name]
    monkeypatch.chdir(folder)
    text = (folder / "same.json").read_text("utf-8")
    (folder / "cut.json").write_text(text[: len(text) // 2], "utf-8")
    (folder / "foreign.json").write_text("{}", "utf-8")
    (folder / "schema.json").write_text(text.replace('version": 1', 'version": 9'), "utf-8")
    (folder / "empty").mkdir()
    shutil.copy(ROOT / "pyproject.toml", folder)
    assert main(["gate", "same.json", *words]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert said in told.err


def test_an_interrupted_run_is_exit_2(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(document(run(backend(), verdict())), folder / "killed.json")
    assert gate(folder, "killed.json") == 2
    assert "the run was interrupted; run it again, to its end" in capsys.readouterr().out


def test_json_and_workflow_commands_exclude_each_other(folder: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        gate(folder, "same.json", "--json", "--github")


def ran(elsewhere: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "conv2d_conformance", *words]
    return subprocess.run(command, cwd=elsewhere, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_run_saves_a_baseline_that_holds_for_the_next_run(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(FLIPS_ROWS, "utf-8")
    done = [
        ran(tmp_path, "run", "mine.py:conv2d", "--environment", "mine", "--output", name, *more)
        for name, more in (("1", ["--save-baseline"]), ("2", []))
    ]
    assert "baseline: reports/baselines/mine.json" in done[0].stdout, done[0].stderr
    assert not (tmp_path / "2" / "baselines").exists()
    # The second run, beside a folder `reports` of its own, still draws its page.
    assert (tmp_path / "2" / "report.html").is_file(), done[1].stderr
    told = ran(tmp_path, "gate", "reports/baselines/mine.json", "2/mine.json")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("no finding; 0 notes")


def stopped(results: Document) -> Any:
    """pytest, as far as `run` sees it, ending with these results."""

    def main(words: Sequence[str]) -> int:
        save(results, Path(words[words.index("--results") + 1]))
        return 0

    return main


def test_a_run_that_did_not_end_gives_no_baseline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pytest, "main", stopped(document(run(backend(), verdict()))))
    assert main(["run", "scipy", "--save-baseline"]) == 2
    assert "is written, for the run was interrupted; run it to its end" in capsys.readouterr().err
    assert not (tmp_path / "reports" / "baselines").exists()


def test_a_baseline_of_a_run_that_ended_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pytest, "main", stopped(run_document()))
    assert results_commands.run(["scipy"], Path("out"), None, save_baseline=True) == 0
    assert load(tmp_path / "reports/baselines/scipy.json") == to_baseline(run_document())


def test_merge_writes_a_baseline_of_each_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (one,) = run_document()["runs"]
    save(document(one, {**one, "environment": "other"}), tmp_path / "both.json")
    assert main(["merge", "both.json", "--output", "out.json", "--save-baselines"]) == 0
    told = capsys.readouterr().out.splitlines()[1:]
    assert sorted(told) == [f"baseline: reports/baselines/{n}.json" for n in ("other", "scipy")]
    assert gate(tmp_path, "out.json", baseline="reports/baselines") == 0
