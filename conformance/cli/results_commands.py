"""The commands around a results document: backends, run, merge and report."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from conv2d_conformance.backends.registry import registered
from conv2d_conformance.cli import gate
from conv2d_conformance.cli.table import render
from conv2d_conformance.console import emit
from conv2d_conformance.reports.document.files import DocumentError, save
from conv2d_conformance.reports.document.files import load as read
from conv2d_conformance.reports.document.files import merge as join
from conv2d_conformance.reports.export.junit import junit
from conv2d_conformance.reports.export.markdown import job_page
from conv2d_conformance.reports.page.render import render_html
from conv2d_conformance.reports.tables.summary import overall
from conv2d_conformance.runtime.runner_pool import split_selector
from conv2d_conformance.translation.translation_table import facts_of, translate_all_pairs
from conv2d_conformance.translation.worked_example import example

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from conv2d_conformance.reports.document.model import Document

ROOM = Path(__file__).parents[1]
# The run must not depend on the folder it starts in: no settings, conftest or caches of a project
# there. The ids of the checks are those of `pytest conformance`, because documents are joined by
# them. Timings are taken as by `pytest conformance`.
ALONE = (
    str(ROOM), "-p", "conv2d_conformance.plugin", "-q", "-rfE",
    "-c", os.devnull, "--rootdir", str(ROOM.parent), "--noconftest", "-p", "no:cacheprovider",
    "--benchmark-disable-gc", "--benchmark-quiet", f"--benchmark-storage={os.devnull}",
    # The command has imported the package before pytest finds its plugin.
    "-W", "ignore::pytest.PytestAssertRewriteWarning",
)  # fmt: skip


def backends(*, as_json: bool) -> int:
    """List the backends that can be named, and the module of each."""
    rows = [{"backend": name, "adapter": where} for name, where in registered().items()]
    emit(
        json.dumps(rows, indent=2)
        if as_json
        else render(rows, {"backend": "BACKEND", "adapter": "ADAPTER"})
    )
    return 0


def run(
    selectors: Sequence[str],
    output: Path,
    environment: str | None,
    layers: Sequence[str] = (),
    *,
    python: str | None = None,
    requirements: Sequence[str] = (),
    if_available: bool = False,
    save_baseline: bool = False,
) -> int:
    """Run the matrix through pytest, in any folder, then write its report."""
    # Imported late: the other commands work without pytest.
    import pytest

    default = document_name(split_selector(selectors[0])[0])
    name = default if environment is None else environment
    if not name or Path(name).name != name:
        msg = f"--environment {name!r} is no name of a file; leave out folders"
        raise DocumentError(msg)
    results, page = output / f"{name}.json", output / "report.html"
    _refuse_overwriting([results], [page, page.with_suffix(".json")])
    chosen = [word for selector in selectors for word in ("--backend", selector)]
    chosen += [word for layer in layers for word in ("--layer", layer)]
    chosen += ["--python", python] if python else []
    chosen += [word for wanted in requirements for word in ("--requirement", wanted)]
    chosen += ["--if-available"] if if_available else []
    status = pytest.main([*ALONE, *chosen, "--results", str(results), "--environment", name])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return 2
    shown = report([results], [], page)
    if if_available and read(results)["runs"][0]["not_run"]:
        return 0
    if save_baseline:
        _save_baselines(read(results))
    return shown or int(status)


def document_name(backend: str) -> str:
    """Return the name of the document of a backend: ``conv.py-f`` for ``path/to/conv.py:f``."""
    where, _, attr = backend.partition(":")
    return "-".join(filter(None, (Path(where).name, attr)))


def merge(
    paths: Sequence[Path], expected: Sequence[str], output: Path, *, save_baselines: bool = False
) -> int:
    """Merge documents into one; print its path."""
    document = _merged(paths, expected)
    save(document, output)
    emit(str(output))
    if save_baselines:
        _save_baselines(document)
    return 0


def _save_baselines(document: Document) -> None:
    for path in gate.save_baselines(document):
        emit(f"baseline: {path}")


@dataclass(frozen=True)
class ReportOutputs:
    """The files that ``report`` writes in addition to the page, and the baseline to compare.

    ``unjudged`` says what a comparison that was made elsewhere could not judge.
    """

    baseline: Path | None = None
    junit: Path | None = None
    markdown: Path | None = None
    unjudged: Sequence[str] = ()


def report(
    paths: Sequence[Path],
    expected: Sequence[str],
    output: Path,
    drawn: ReportOutputs | None = None,
    tell: Callable[[str], None] = emit,
) -> int:
    """Write the page and, next to it, the merged document; print its verdict and path.

    Return 2 if no backend has a verdict; the page then says so. The page shows what changed since a
    baseline, but only the gate fails because of it.
    """
    wanted = drawn or ReportOutputs()
    data = output.with_suffix(".json")
    sources = paths or sorted(p for p in output.parent.glob("*.json") if p != data)
    _refuse_overwriting(
        [*sources, *gate.files(wanted.baseline)],
        [output, data, *filter(None, (wanted.junit, wanted.markdown))],
    )
    document = _merged(sources, expected)
    before = wanted.baseline
    changes = gate.comparison(before, document, wanted.unjudged) if before else None
    save(document, data)
    gate.write(
        output,
        render_html(document, translate_all_pairs(facts_of(document)), changes, example()),
        "--output",
    )
    if wanted.junit:
        gate.write(wanted.junit, junit(document), "--junit")
    if wanted.markdown:
        gate.write(wanted.markdown, job_page(document), "--markdown")
    status, sentence = overall(document)
    tell(sentence)
    tell(f"report: {output.resolve()}")
    return 2 if status == "not run" else 0


def _refuse_overwriting(read_paths: Iterable[Path], written: Sequence[Path]) -> None:
    used = {path.resolve(): "is read here" for path in read_paths}
    for path in written:
        if why := used.get(path.resolve()):
            msg = f"{path}: it {why}, and would be overwritten; choose another --output or file"
            raise DocumentError(msg)
        used[path.resolve()] = "is another file of this report"


def _merged(paths: Iterable[Path], expected: Sequence[str]) -> Document:
    documents = [read(path) for path in paths]
    if not documents:
        msg = "no results documents; run `tox run`, or name one written with --results"
        raise DocumentError(msg)
    return join(documents, expected)
