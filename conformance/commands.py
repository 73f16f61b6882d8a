"""What each command does; `conformance.cli` parses and reports mistakes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from backends.protocol import Unavailable
from backends.registry import load, registered, select
from conformance.subject import Subject
from conformance.table import render
from reports.document import DocumentError, save
from reports.document import load as read
from reports.document import merge as join
from reports.html import render_html
from reports.summary import overall

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reports.model import Document

MATRIX = Path(__file__).parent
PROBE_COLUMNS = {
    "backend": "BACKEND",
    "orientation": "ORIENTATION",
    "anchor": "EVEN SAME",
    "boundary": "OUTSIDE",
    "larger": "VALID, KERNEL > IMAGE",
    "paddings": "PADDINGS",
    "dtypes": "DTYPES",
}


def say(text: str) -> None:
    """Progress, on stderr."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def emit(text: str) -> None:
    """A finding, on stdout."""
    sys.stdout.write(f"{text}\n")


def backends(*, as_json: bool) -> int:
    """List what can be named, and the module that serves it."""
    rows = [{"backend": name, "adapter": where} for name, where in registered().items()]
    emit(
        json.dumps(rows, indent=2)
        if as_json
        else render(rows, {"backend": "BACKEND", "adapter": "ADAPTER"})
    )
    return 0


def probe(selectors: Sequence[str], *, as_json: bool) -> int:
    """Measure every selected backend; 1 if one contradicts itself, 2 if one could not be loaded."""
    names = list(dict.fromkeys(name for selector in selectors for name in select(selector)))
    found, missing = _measure(names)
    if as_json:
        emit(json.dumps(found, indent=2))
    elif found:
        emit(render([_row(facts) for facts in found], PROBE_COLUMNS))
        for facts in found:
            for note in _notes(facts):
                emit(f"{facts['backend']}: {note}")
    for reason in missing:
        say(f"conformance probe: {reason}")
    unjudged = missing or any(not facts["paddings"] for facts in found)
    return 2 if unjudged else int(any(not facts["consistent"] for facts in found))


def _measure(names: list[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """Facts of the backends that load, and why others do not: one framework per process."""
    families = dict.fromkeys(_family(name) for name in names)
    if len(families) > 1:
        parts = [_elsewhere([n for n in names if _family(n) == family]) for family in families]
        every = [facts for found, _ in parts for facts in found]
        every.sort(key=lambda facts: names.index(facts["backend"]))
        return every, [reason for _, lost in parts for reason in lost]
    found, missing = [], []
    for name in names:
        try:
            backend = load(name)
        except Unavailable as error:
            missing.append(str(error))
            continue
        say(f"probing {name}")
        found.append({"backend": name, "call": backend.spec.call, **Subject(backend).facts()})
    return found, missing


def _family(name: str) -> str:
    return name.split(":")[0] if ":" in name else name.split(".")[0]


def _elsewhere(names: list[str]) -> tuple[list[dict[str, Any]], list[str]]:
    command = [sys.executable, "-m", "conformance", "probe", "--json", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (our own command)
    if done.returncode not in (0, 1, 2) or not done.stdout.strip():
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return [], [last.removeprefix("conformance probe: ")]
    lost = [line for line in done.stderr.splitlines() if line.startswith("conformance probe: ")]
    return json.loads(done.stdout), [line.removeprefix("conformance probe: ") for line in lost]


def _row(facts: dict[str, Any]) -> dict[str, str]:
    sides = dict.fromkeys(str(facts["anchor"][axis] or "-") for axis in ("rows", "columns"))
    outputs = {d: facts["output_dtypes"][d] for d in facts["dtypes"]}
    return {
        "backend": facts["backend"],
        "orientation": str(facts["orientation"] or "none that fits"),
        "anchor": "/".join(sides),
        "boundary": str(facts["boundary"] or "-"),
        "larger": _larger(facts),
        "paddings": " ".join(facts["paddings"]),
        "dtypes": " ".join(
            _short(d) if out == d else f"{_short(d)}→{_short(out)}" for d, out in outputs.items()
        ),
    }


def _larger(facts: dict[str, Any]) -> str:
    both, *single = (facts.get(f"larger_kernel{axis}") or "-" for axis in ("", "_rows", "_columns"))
    words = "/".join(dict.fromkeys(single))
    return both if words == both else f"{both}; in one axis {words}"


def _short(dtype: str) -> str:
    """``f32`` for float32, ``bf16`` for bfloat16, ``u8`` for uint8."""
    for long, short in {"bfloat": "bf", "float": "f", "uint": "u", "int": "i"}.items():
        if dtype.startswith(long):
            return dtype.replace(long, short)
    return dtype


def _notes(facts: dict[str, Any]) -> Iterator[str]:
    """What the table has no room for: contradictions, and what was refused and why."""
    yield from facts["complaints"]
    for padding, reason in facts["refused_paddings"].items():
        yield f"no {padding!r}: {reason}"
    if refused := facts["refused_kernels"]:
        extents = dict.fromkeys(name.rsplit("-by-", 1)[1] for name in refused)
        first = next(iter(refused.values()))
        yield f"refuses kernels of {', '.join(extents)}: {first}"
    if facts["dtypes"] and facts["probed_with"] != "float32":
        yield f"probed with {facts['probed_with']}, for it refuses float32"


def run(selectors: Sequence[str], output: Path, environment: str | None) -> int:
    """Run the matrix through pytest, then draw its report."""
    name = environment or selectors[0].split(":")[0].rsplit("/", 1)[-1]
    results = output / f"{name}.json"
    chosen = [word for selector in selectors for word in ("--backend", selector)]
    status = pytest.main([
        str(MATRIX), "-p", "conformance.plugin", "-p", "conformance.verdicts", "-q", *chosen,
        "--results", str(results), "--environment", name,
    ])  # fmt: skip
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return 2
    return report([results], [], output / "report.html") or int(status)


def merge(paths: Sequence[Path], expected: Sequence[str], output: Path) -> int:
    """Write one document; print its path."""
    save(_merged(paths, expected), output)
    emit(str(output))
    return 0


def report(paths: Sequence[Path], expected: Sequence[str], output: Path) -> int:
    """Write the page and the merged document beside it, and print its verdict and path.

    2 if no backend has a verdict: the page then says so.
    """
    data = output.with_suffix(".json")
    document = _merged(
        paths or sorted(p for p in output.parent.glob("*.json") if p != data), expected
    )
    save(document, data)
    try:
        output.write_text(render_html(document), encoding="utf-8")
    except OSError as error:
        msg = f"{output}: cannot write ({error.strerror}); choose another --output"
        raise DocumentError(msg) from error
    status, sentence = overall(document)
    emit(sentence)
    emit(f"report: {output.resolve()}")
    return 2 if status == "not run" else 0


def _merged(paths: Iterable[Path], expected: Sequence[str]) -> Document:
    documents = [read(path) for path in paths]
    if not documents:
        msg = "no results documents; run `tox run`, or name one written with --results"
        raise DocumentError(msg)
    return join(documents, expected)
