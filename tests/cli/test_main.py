from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.cli.main import main
from conv2d_conformance.reports.document.files import load, save
from tests.helpers.command_line import FLIPS_ROWS, run
from tests.helpers.documents import END, backend, document, verdict
from tests.helpers.documents import run as run_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COMMANDS = (
    "backends", "probe", "explain", "diagnose", "run", "merge", "report", "gate", "upgrade",
)  # fmt: skip


def probed(capsys: pytest.CaptureFixture[str], *names: str) -> list[dict[str, Any]]:
    main(["probe", "--json", *names])
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture
def flips_rows(tmp_path: Path) -> str:
    path = tmp_path / "mine.py"
    path.write_text(FLIPS_ROWS, encoding="utf-8")
    return f"{path}:conv2d"


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    done = run(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("probe", "tourch"), "did you mean 'torch'?"),
        (("probe", "nowhere.py:conv2d"), "there is no file nowhere.py"),
        (("probe", "json:nothing"), "json has no 'nothing'"),
        (("probe", "json:decoder"), "is a module; give an adapter class"),
        (("probe", "no_such_module:conv2d"), "there is no module 'no_such_module'"),
        (("report", "missing.json"), "missing.json: no such results document"),
        (("merge", "pyproject.toml", "--output", "never.json"), "not complete JSON"),
        (("merge", "reports/baselines/jax.json", "--output", "/"), "is a folder, not a file"),
        (("run", "textbook.sum", "--environment", "../e"), "'../e' is no name of a file"),
        (("run", "textbook.sum", "--environment", ""), "'' is no name of a file"),
    ],
)
def test_a_mistake_gets_one_line_and_exit_code_2(words: Sequence[str], named: str) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert named in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("words", [(), ("prob",), ("probe",), ("merge", "x.json")])
def test_wrong_usage_is_exit_code_2_and_no_traceback(words: Sequence[str]) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert "usage: python -m conv2d_conformance" in done.stderr


@pytest.mark.slow
def test_a_report_without_results_says_how_to_get_some(tmp_path: Path) -> None:
    done = run("report", "--output", str(tmp_path / "report.html"))
    assert done.returncode == 2
    assert "run `tox run`" in done.stderr


def test_backends_lists_every_name_for_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backends", "--json"]) == 0
    assert "scipy.signal.convolve2d" in {r["backend"] for r in json.loads(capsys.readouterr().out)}


@pytest.mark.slow
def test_probe_prints_the_contracts_keys_for_a_program(
    capsys: pytest.CaptureFixture[str], flips_rows: str
) -> None:
    (facts,) = probed(capsys, flips_rows)
    assert (facts["orientation"], facts["paddings"]) == ("flip-rows", ["valid"])
    assert facts["anchor"] == {"rows": None, "columns": None}
    assert {"backend", "boundary", "dtypes"} <= facts.keys()


@pytest.mark.slow
def test_probe_says_what_it_could_not_probe(
    capsys: pytest.CaptureFixture[str], flips_rows: str
) -> None:
    assert main(["probe", flips_rows]) == 0
    assert "no 'same': NotImplementedError: only valid" in capsys.readouterr().out


@pytest.mark.slow
def test_probe_keeps_families_apart_and_their_order(
    capsys: pytest.CaptureFixture[str], flips_rows: str
) -> None:
    found = probed(capsys, "textbook.sum_plus", flips_rows, "textbook.sum")
    assert [f["orientation"] for f in found] == ["correlation", "flip-rows", "convolution"]


@pytest.mark.slow
def test_run_writes_the_document_and_the_report(tmp_path: Path, flips_rows: str) -> None:
    done = run("run", flips_rows, "--output", str(tmp_path), "--environment", "mine")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "conforms" in done.stdout
    (only,) = load(tmp_path / "mine.json")["runs"]
    assert only["records"][-1]["kind"] == "end"
    assert "flip-rows" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_merge_shows_what_did_not_run(tmp_path: Path, flips_rows: str) -> None:
    run("run", flips_rows, "--output", str(tmp_path), "--environment", "mine")
    merged = tmp_path / "all.json"
    done = run("merge", str(tmp_path / "mine.json"), "--expect", "torch", "--output", str(merged))
    assert done.returncode == 0
    assert [r["not_run"] is None for r in load(merged)["runs"]] == [False, True]


def test_a_report_shows_what_changed_and_keeps_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after, page = (tmp_path / n for n in ("before.json", "after.json", "page.html"))
    save(document(run_of(backend(), verdict(), END)), before)
    save(document(run_of(backend(), verdict(outcome="failed"), END)), after)
    status = main(["report", str(after), "--baseline", str(before), "--output", str(page)])
    assert (status, "fail" in capsys.readouterr().out) == (0, True)
    assert "What changed since the baseline" in page.read_text("utf-8")


def test_a_report_writes_junit_and_markdown_too(tmp_path: Path) -> None:
    data, xml, page = (tmp_path / name for name in ("one.json", "sub/r.xml", "r.md"))
    save(document(run_of(backend(), verdict(), END)), data)
    words = ("--junit", str(xml), "--markdown", str(page), "--output", str(tmp_path / "r.html"))
    assert main(["report", str(data), *words]) == 0
    assert "<testcase" in xml.read_text("utf-8")
    assert page.read_text("utf-8").startswith("**Of 1 backend, 1 conforms.**")


@pytest.mark.parametrize(
    "words",
    [
        ("report", "one.json", "--output", "one.html"),
        ("report", "one.json", "--output", "one.json"),
        ("report", "one.json", "--output", "r.json"),
        ("report", "one.json", "--output", "r.html", "--junit", "./one.json"),
        ("report", "one.json", "--output", "r.html", "--markdown", "base/two.json"),
        ("report", "one.json", "--output", "r.html", "--markdown", "r.json"),
        ("report", "--output", "r.html", "--junit", "one.json"),
        ("run", "textbook.sum", "--output", ".", "--environment", "report"),
    ],
    ids=" ".join,
)
def test_a_report_never_overwrites_what_it_reads(
    words: Sequence[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one.json", "base/two.json"):
        save(document(run_of(backend(), verdict(), END)), tmp_path / name)
    before = (tmp_path / "one.json").read_bytes()
    baseline = ("--baseline", "base") if words[0] == "report" else ()
    assert main([*words, *baseline]) == 2
    assert "would be overwritten" in capsys.readouterr().err
    assert (tmp_path / "one.json").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["base", "one.json"]


def test_a_baseline_that_is_not_there_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(document(run_of(backend(), verdict(), END)), tmp_path / "one.json")
    words = ("--baseline", str(tmp_path / "none.json"), "--output", str(tmp_path / "r.html"))
    assert main(["report", str(tmp_path / "one.json"), *words]) == 2
    assert "none.json: no such results document" in capsys.readouterr().err
