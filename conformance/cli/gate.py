"""The command ``gate``: compares two sets of documents and writes what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from conv2d_conformance.console import emit, say
from conv2d_conformance.reports.document.files import load, merge, save
from conv2d_conformance.reports.document.model import DocumentError
from conv2d_conformance.reports.export.baseline import to_baseline
from conv2d_conformance.reports.export.gate_json_junit import as_json, junit
from conv2d_conformance.reports.export.gate_markdown import github, markdown
from conv2d_conformance.reports.export.gate_text import text
from conv2d_conformance.reports.gate.acknowledgements import read
from conv2d_conformance.reports.gate.compare import compare
from conv2d_conformance.reports.tables.summary import doubt, reduced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conv2d_conformance.reports.document.model import Document
    from conv2d_conformance.reports.document.severity import Severity
    from conv2d_conformance.reports.gate.acknowledge import Acknowledgement
    from conv2d_conformance.reports.gate.compare import Comparison

BASELINES = Path("reports/baselines")
ACKNOWLEDGEMENTS = "acknowledgements.toml"


@dataclass(frozen=True)
class GateRequest:
    """The arguments of one ``gate`` command, and what whoever calls it could not judge itself."""

    baseline: Path
    candidate: Path
    acknowledgements: Path | None = None
    only_common: bool = False
    json: bool = False
    github: bool = False
    junit: Path | None = None
    markdown: Path | None = None
    fail_on: Severity | None = None
    unjudged: Sequence[str] = ()


def gate(wanted: GateRequest) -> int:
    """Compare, report, and return 0 (nothing), 1 (findings) or 2 (could not judge)."""
    baseline, candidate = documents(wanted.baseline), documents(wanted.candidate)
    if why := _swapped(baseline, candidate):
        say(f"conformance gate: are the documents swapped? {why}; the baseline comes first")
    made = _compared(wanted, baseline, candidate)
    if wanted.junit:
        write(wanted.junit, junit(made), "--junit")
    if wanted.markdown:
        write(wanted.markdown, markdown(made), "--markdown")
    emit(as_json(made) if wanted.json else _printable(text(made)))
    if wanted.github and (commands := github(made)):
        emit(_printable(commands))
    return made.exit_code


def _swapped(baseline: Document, candidate: Document) -> str:
    """Return why the candidate seems to be the older one; empty if it does not."""
    before, after = _times(baseline), _times(candidate)
    if not before or not any(run["records"] for run in candidate["runs"]):
        return ""
    if not after:
        return "the candidate is a saved baseline, and the baseline is not"
    if max(after) < min(before):
        return f"the candidate began at {max(after)}, before the baseline, at {min(before)}"
    return ""


def _times(document: Document) -> list[datetime]:
    """Return when each run began; a saved baseline does not say so."""
    started = [run["started"] for run in document["runs"] if run["records"]]
    return [datetime.fromisoformat(text) for text in started if text]


def comparison(baseline: Path, candidate: Document, unjudged: Sequence[str] = ()) -> Comparison:
    """Return what changed since the document or folder at ``baseline``, ready to be rendered.

    ``unjudged`` says what could not be judged elsewhere.

    Raises
    ------
    DocumentError
        If the baseline or its acknowledgements cannot be read.
    """
    wanted = GateRequest(baseline, baseline, unjudged=unjudged)
    return _compared(wanted, documents(baseline), candidate)


def _compared(wanted: GateRequest, baseline: Document, candidate: Document) -> Comparison:
    made = compare(
        baseline,
        candidate,
        _acknowledgements(wanted),
        today=datetime.now(UTC).date(),
        only_common=wanted.only_common,
        fail_on=wanted.fail_on,
    )
    made.unjudged[:0] = wanted.unjudged
    return made


def documents(path: Path) -> Document:
    """Return the document at ``path``, or those of a folder, merged.

    Raises
    ------
    DocumentError
        If no document is found, or one of them cannot be read.
    """
    if not path.is_dir():
        return load(path)
    if not (found := files(path)):
        msg = f"{path}: no *.json in this folder; write one with `run --save-baseline`"
        raise DocumentError(msg)
    return merge(map(load, found))


def files(path: Path | None) -> list[Path]:
    """Return the documents that `documents` reads at ``path``; none without a path."""
    if path is None:
        return []
    return sorted(path.glob("*.json")) if path.is_dir() else [path]


def save_baselines(document: Document) -> list[str]:
    """Write the part of each run that is committed as a baseline, and return the paths.

    Raises
    ------
    DocumentError
        If a run did not complete; then nothing is written.
    """
    for run in document["runs"]:
        if why := run["not_run"] or doubt(run) or reduced(run):
            msg = f"no baseline of {run['environment']} is written, for {why}; run it to its end"
            raise DocumentError(msg)
    written = []
    for run in document["runs"]:
        path = BASELINES / f"{run['environment']}.json"
        save(to_baseline({**document, "runs": [run]}), path, brief=True)
        written.append(str(path))
    return written


def _acknowledgements(wanted: GateRequest) -> list[Acknowledgement]:
    if wanted.acknowledgements:
        return read(wanted.acknowledgements)
    folder = wanted.baseline if wanted.baseline.is_dir() else wanted.baseline.parent
    beside = folder / ACKNOWLEDGEMENTS
    return read(beside) if beside.is_file() else []


def _printable(said: str) -> str:
    """Return ``said`` without lone surrogates, which no stream can encode."""
    return said.encode("utf-8", "replace").decode("utf-8")


def write(path: Path, content: str, option: str) -> None:
    """Write the file that the user named with ``option``.

    Raises
    ------
    DocumentError
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_printable(content), "utf-8", newline="\n")
    except OSError as error:
        msg = f"{path}: cannot write ({error.strerror}); choose another {option}"
        raise DocumentError(msg) from error
