"""The document on disk: complete after every record, refused in one line when it is not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from conv2d_conformance.reports.document.files import DocumentError, Recorder, load, merge, save
from conv2d_conformance.reports.document.schema import check_record, published_schema
from tests.helpers.documents import END, backend, document, header, realistic, run, verdict

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Record, Run

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "reports" / "document" / "schema.json"
ENDLESS = """
import sys
from pathlib import Path
from conv2d_conformance.reports.document.files import Recorder
from tests.helpers.documents import header, verdict
recorder = Recorder(Path(sys.argv[1]), header())
for number in range(200):
    recorder.add(verdict(number, message="x" * (number * 45)))
print("added", flush=True)
input()  # to be killed in, between two records
"""


def test_the_file_is_a_whole_document_after_every_record(tmp_path: Path) -> None:
    path = tmp_path / "new" / "results.json"
    records: list[Record] = [backend(), verdict(1), verdict(2, message='"]}\n]}]}'), END]
    counts = []
    with Recorder(path, header()) as recorder:
        counts.append(len(load(path)["runs"][0]["records"]))
        for record in records:
            recorder.add(record)
            counts.append(len(load(path)["runs"][0]["records"]))
    assert counts == [0, 1, 2, 3, 4]


def test_what_was_recorded_is_what_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    with Recorder(path, header()) as recorder:
        recorder.add(backend())
        recorder.add(verdict(message="√ \ud800 \x00 </script>"))
    assert load(path) == document(run(backend(), verdict(message="√ \ud800 \x00 </script>")))


@pytest.mark.slow
def test_a_killed_run_keeps_every_record_that_was_added(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    command = [sys.executable, "-c", ENDLESS, str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "added\n"
        os.kill(process.pid, signal.SIGKILL)
    assert len(load(path)["runs"][0]["records"]) == 200


def test_each_record_has_a_line_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    save(document(run(backend(), verdict(1), verdict(2))), path)
    lines = [line for line in path.read_text().splitlines() if line.startswith('{"kind"')]
    assert [json.loads(line.rstrip(","))["kind"] for line in lines] == [
        "backend",
        "verdict",
        "verdict",
    ]


def test_a_recorded_and_a_saved_document_are_the_same_bytes(tmp_path: Path) -> None:
    with Recorder(tmp_path / "recorded", header()) as recorder:
        recorder.add(backend())
        recorder.add(verdict())
    save(document(run(backend(), verdict())), tmp_path / "saved")
    assert (tmp_path / "recorded").read_bytes() == (tmp_path / "saved").read_bytes()


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_document_of_any_number_of_runs_survives_saving(tmp_path: Path, number: int) -> None:
    whole = document(*realistic(20)["runs"][:number])
    save(whole, tmp_path / "whole.json")
    assert load(tmp_path / "whole.json") == whole


@pytest.mark.parametrize(
    ("value", "written"), [("nan", "nan"), ("inf", "inf"), ("-inf", "-inf"), ("1.5", 1.5)]
)
def test_a_number_that_is_not_finite_is_written_as_a_word(
    tmp_path: Path, value: str, written: object
) -> None:
    with Recorder(tmp_path / "r.json", header()) as recorder:
        recorder.add(verdict(margin=float(value)))
    assert cast("Any", load(tmp_path / "r.json"))["runs"][0]["records"][0]["margin"] == written


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"outcome": "pass"}, "outcome: 'pass'; input should be 'passed', 'failed'"),
        ({"seconds": "long"}, "seconds: 'long'; input should be a valid number or .* 'nan', 'inf'"),
        ({"seconds": "1.5"}, "seconds: '1.5'; "),
        ({"seconds": True}, "seconds: True; "),
        ({"where": [1, 2.5]}, r"where\[1\]: 2.5; input should be a valid integer"),
        ({"colour": "red"}, "colour: 'red'; extra inputs are not permitted"),
        ({"two\nlines": 1}, "two lines: 1; extra inputs are not permitted"),
        ({"verdict": None}, "verdict: None; extra inputs are not permitted"),
        ({"kind": "verdikt"}, "'verdikt' found using 'kind' does not match"),
        ({"id": "scipy.signal.convolve2d/0"}, "was used before"),
    ],
)
def test_a_record_that_does_not_fit_is_refused_and_the_document_stays(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    with Recorder(tmp_path / "r.json", header()) as recorder:
        recorder.add(verdict(0))
        with pytest.raises(DocumentError, match=words):
            recorder.add(verdict(**{"number": 1, **changes}))
    assert len(load(tmp_path / "r.json")["runs"][0]["records"]) == 1


def _lines(tmp_path: Path) -> str:
    save(document(run(backend(), verdict())), tmp_path / "good.json")
    return (tmp_path / "good.json").read_text()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("\n]}]}", "", "not complete JSON"),
        ('"kind": "verdict"', '"kind": "verdict', "not complete JSON"),
        ('"schema_version": 1', '"schema_version": 2', "schema version 2, this release reads 1"),
        ('"schema_version": 1', '"schema_version": true', "schema version True"),
        ('"schema_version"', '"version"', "no results document"),
        ('"outcome": "passed"', '"outcome": "good"', "runs[0].records[1].outcome: 'good'"),
        ('"margin": 0.25', '"margin": NaN', "holds a bare NaN"),
        ('"2025-11-20T10:00:00Z"', '"yesterday"', "runs[0].started"),
        ('"command"', '"comand"', "runs[0].command: field required"),
        ('"check"', '"chek"', "runs[0].records[1].check: field required"),
    ],
)
def test_a_document_that_is_wrong_is_refused_in_one_line(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    text = _lines(tmp_path)
    assert old in text
    path = tmp_path / "bad.json"
    path.write_text(text.replace(old, new))
    with pytest.raises(DocumentError) as refused:
        load(path)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"[1]", b"\xff\xfe", b"null", b"[" * 100_000])
def test_what_is_no_document_at_all_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(DocumentError) as refused:
        load(path)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["missing.json", ""])
def test_a_missing_file_or_a_folder_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(DocumentError, match=r"(no such results document|cannot be read)"):
        load(tmp_path / name)


def test_two_verdicts_of_one_run_with_one_id_are_refused(tmp_path: Path) -> None:
    save(document(run(verdict(1), verdict(1))), tmp_path / "r.json")
    with pytest.raises(DocumentError, match="share the id"):
        load(tmp_path / "r.json")


def test_a_document_that_another_run_writes_is_refused_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    with Recorder(path, header()) as first:
        first.add(verdict(0))
        with pytest.raises(DocumentError, match="another run writes it now"):
            Recorder(path, header())
        first.add(verdict(1))
    assert len(load(path)["runs"][0]["records"]) == 2
    with Recorder(path, header()):
        assert load(path)["runs"][0]["records"] == []
    assert [file.name for file in tmp_path.iterdir()] == ["r.json"]


@pytest.mark.slow
def test_every_truncation_of_a_document_is_refused(tmp_path: Path) -> None:
    text = _lines(tmp_path).rstrip()
    path = tmp_path / "cut.json"
    accepted = []
    for length in range(len(text)):
        path.write_text(text[:length])
        try:
            load(path)
        except DocumentError:
            continue
        accepted.append(length)
    assert accepted == []


def _run_of(environment: str, hour: int) -> Run:
    return run(verdict(), END, environment=environment, started=f"2025-11-20T{hour:02}:00:00Z")


def test_merging_keeps_the_newest_run_of_an_environment() -> None:
    runs = [_run_of("scipy", 9), _run_of("scipy", 11), _run_of("scipy", 10)]
    assert merge(map(document, runs)) == document(runs[1])


def test_merging_says_which_expected_environment_did_not_run() -> None:
    merged = merge([document(_run_of("scipy", 9))], expected=["torch", "scipy"])
    assert [(r["environment"], r["not_run"]) for r in merged["runs"]] == [
        ("torch", "no results document; run `tox run -e torch`"),
        ("scipy", None),
    ]


def test_a_merged_document_fits_the_schema(tmp_path: Path) -> None:
    merged = merge([realistic(10)], expected=["absent"])
    save(merged, tmp_path / "merged.json")
    assert load(tmp_path / "merged.json") == merged


def test_the_published_schema_is_made_from_the_types() -> None:
    assert json.loads(SCHEMA.read_text("utf-8")) == published_schema(), (
        "run `python -m conv2d_conformance.reports.document.schema > reports/document/schema.json`"
    )


def test_the_published_schema_requires_what_a_file_may_not_leave_out(tmp_path: Path) -> None:
    save(document(run(verdict(0, margin=None, where=None))), tmp_path / "brief.json", brief=True)
    (record,) = json.loads((tmp_path / "brief.json").read_text())["runs"][0]["records"]
    refused = []
    for key in record:
        try:
            check_record({name: record[name] for name in record if name != key}, "brief")
        except DocumentError:
            refused.append(key)
    assert sorted(refused) == sorted(published_schema()["$defs"]["VerdictRecord"]["required"])
