"""A failure comes with a script that shows it by itself, and shows nothing once it is mended."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from conv2d_conformance.backends.protocol import Spec
from conv2d_conformance.cases.case import Case
from conv2d_conformance.checks.registry import REGISTERED
from conv2d_conformance.errors import WrongValueError
from conv2d_conformance.matrix.reproducers.about import About
from conv2d_conformance.matrix.reproducers.plane_evidence import plane_evidence
from conv2d_conformance.matrix.reproducers.script import INLINE, render
from conv2d_conformance.matrix.reproducers.writer import LIMIT, Reproducers, file_name
from conv2d_conformance.reports.document.files import DocumentError, load
from conv2d_conformance.reports.page.render import render_html
from conv2d_conformance.under_test.backend import BackendUnderTest
from tests.helpers.documents import END, backend, document, verdict
from tests.helpers.documents import run as run_of
from tests.helpers.judge_mutant import outcome, outcome_with
from tests.mutants import direct
from tests.mutants.table import EXACT, MUTANTS

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.matrix.reproducers.evidence import Evidence
    from conv2d_conformance.reports.document.model import VerdictRecord
    from tests.mutants.mutant import Mutant

ROOT = Path(__file__).parents[2]
CALLS = """
import numpy as np

def right(img, k, padding):
    lead = [{"valid": 0, "same": (n - 1) // 2, "full": n - 1}[padding] for n in k.shape]
    tail = [{"valid": 0, "same": n - 1 - a, "full": n - 1}[padding] for n, a in zip(k.shape, lead)]
    padded = np.pad(img, list(zip(lead, tail)))
    out = np.zeros([n - m + 1 for n, m in zip(padded.shape, k.shape)], img.dtype)
    with np.errstate(over="ignore"):
        for a, b in np.ndindex(*k.shape):
            out += padded[a : a + out.shape[0], b : b + out.shape[1]] * k[a, b]
    return out

def flips_rows(img, k, padding):
    return right(img, k[::-1], padding)

def raises(img, k, padding):
    raise RuntimeError("not today")

def wrong_past_16_columns(img, k, padding):
    out = right(img, k, padding)
    return np.roll(out, 1, 1) if img.shape[1] > 16 else out

def shape(img, k, padding):
    return right(img, k, padding)[:-1]
"""
MENDED = "flips_rows = raises = wrong_past_16_columns = shape = right\n"
ADAPTER = """
import calls
from conv2d_conformance.backends.protocol import Spec

class Adapter:
    spec = Spec(
        name={name!r},
        call="{call}(img, k, padding)",
        orientation="correlation",
        anchor="upper",
        boundary="zeros",
        snippet="from calls import {call}\\ny = {call}(img, k, padding)",
    )

    def conv2d(self, img, k, padding):
        return calls.{call}(img, k, padding)
"""
PLAIN = "y = CALL(img, k, padding)"
# Another kernel has to come first; an hour; a snippet or a process of its own.
NOT_SHOWN = {
    *("kernel-cached-by-shape", "hangs", "hangs-for-16-columns", "shows-another-call"),
    "wrong-with-one-thread",
}


def python(folder: Path, *args: object) -> subprocess.CompletedProcess[str]:
    """Run where nothing of ours can be imported, as someone upstream would."""
    return subprocess.run(
        [sys.executable, *map(str, args)], cwd="/", capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )  # fmt: skip


def matrix(folder: Path, call: str, selection: str, name: str = "mutant") -> list[VerdictRecord]:
    """The failures of a mutant, as its user would find them."""
    (folder / "calls.py").write_text(CALLS)
    (folder / "adapter.py").write_text(ADAPTER.format(call=call, name=name))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "conformance", "-q", "-p", "no:cacheprovider"),
            *("-k", selection, "--backend", f"{folder / 'adapter.py'}:Adapter"),
            *("--results", str(folder / "r.json")),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    (run,) = load(folder / "r.json")["runs"]
    return [r for r in run["records"] if r["kind"] == "verdict" and r["outcome"] == "failed"]


def script_of(folder: Path, failed: VerdictRecord) -> Path:
    script = failed.get("script")
    assert script
    return folder / script


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "selection", "words"),
    [
        ("flips_rows", "G2", "elements are wrong, the first at (0, 0)"),
        ("raises", "S1 and 6x7", "raised RuntimeError: not today"),
        ("wrong_past_16_columns", "V1 and 12x33 and same and float32", "the first at (0, 0)"),
        ("shape", "S2 and 6x7-by-3x3", "expected shape (6, 7) got (5, 7)"),
    ],
)
def test_a_script_shows_a_defect_and_its_mending(
    call: str, selection: str, words: str, tmp_path: Path
) -> None:
    script = script_of(tmp_path, matrix(tmp_path, call, selection)[0])
    shown = python(tmp_path, script)
    (tmp_path / "calls.py").write_text(CALLS + MENDED)
    mended = python(tmp_path, script)
    assert (shown.returncode, mended.returncode) == (1, 0), shown.stderr + mended.stderr
    assert words in shown.stdout
    assert f"numpy {np.__version__}" in shown.stdout


@pytest.mark.slow
def test_a_script_whose_call_is_not_installed_says_so(tmp_path: Path) -> None:
    script = script_of(tmp_path, matrix(tmp_path, "flips_rows", "G2")[0])
    done = python(tmp_path / "elsewhere", script)
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        2,
        "cannot run: No module named 'calls'",
    )


@pytest.mark.slow
def test_a_hostile_name_stays_in_the_folder_and_out_of_the_code(tmp_path: Path) -> None:
    name = '../../x"""\nimport os; os._exit(7)\n# ; rm -rf $(y) \x00 \udc80 coding: latin-1'
    subject = BackendUnderTest(Hostile(name), seconds=2)
    check, case = REGISTERED[EXACT], Case((6, 7), (3, 3))
    script = Reproducers(str(tmp_path / "r.json"), name).write(
        subject, case, check, failure(subject, case)
    )
    assert script is not None
    assert script.parent == tmp_path / "failures"
    assert set(script.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert python(tmp_path, script).returncode == 1


class Hostile:
    """Wrong, and with a name and a message that would do harm."""

    def __init__(self, name: str) -> None:
        self.spec = Spec(
            name=name,
            call=name,
            orientation="correlation",
            anchor="upper",
            boundary="zeros",
            dtypes=("float32", "float64", "bfloat16", "int16"),
            snippet="y = img",
        )

    def conv2d(self, img: Array, *_: object) -> Array:
        return img


def failure(subject: BackendUnderTest, case: Case) -> BaseException:
    with pytest.raises(AssertionError) as raised:
        REGISTERED[EXACT].run(subject, case)
    return raised.value


def run(text: str, call: object, script: Path = Path()) -> object:
    """What a script exits with if that is the native call."""
    with np.errstate(), pytest.raises(SystemExit) as raised:
        exec(compile(text, "script", "exec"), {"CALL": call, "__file__": script})  # noqa: S102
    return raised.value.code


def shown(found: Evidence, message: str = "") -> str:
    return render(found, About("mutant", "check", "case", message, PLAIN, "", (), "data.npz"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "mutant", [m for m in MUTANTS if m.id not in NOT_SHOWN], ids=lambda mutant: mutant.id
)
def test_every_mutants_script_tells_it_from_the_right_call(
    mutant: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conv2d_conformance.matrix.reproducers.script.INLINE", sys.maxsize)
    monkeypatch.chdir(ROOT)  # one of them leaves
    subject = mutant.under_test()
    failed = outcome(subject, REGISTERED[mutant.check])
    assert failed is not None
    found = plane_evidence(subject, failed)
    assert found is not None
    text = shown(found, str(failed))
    assert (run(text, mutant.adapter().conv2d), run(text, direct.conv2d)) == (1, 0)


def of_case(case: Case) -> Evidence:
    subject = outcome_with(
        lambda img, k, padding: direct.conv2d(img, k, padding) + img.dtype.type(1)
    )
    found = plane_evidence(subject, failure(subject, case))
    assert found is not None
    return found


@pytest.mark.parametrize(
    "case",
    [
        Case((6, 7), (3, 3), dtype="bfloat16"),
        Case((20, 21), (3, 3), dtype="bfloat16"),
        Case((6, 7), (3, 3), layout="reversed"),
        Case((20, 21), (3, 3), layout="strided"),
        Case((6, 7), (3, 3), layout="read-only"),
        Case((6, 7), (3, 3), layout="big-endian", dtype="float64"),
        Case((20, 21), (3, 3), layout="fortran", dtype="int16"),
    ],
    ids=lambda case: case.id,
)
def test_the_operands_reach_the_native_call_as_they_were_given(case: Case, tmp_path: Path) -> None:
    given: list[object] = []

    def call(img: Array, k: Array, padding: str) -> Array:
        given[:] = [(a.dtype, a.flags.writeable, a.strides, a.tobytes()) for a in (img, k)]
        return direct.conv2d(img, k, padding)

    subject = BackendUnderTest(Hostile("x"), seconds=2)
    script = Reproducers(str(tmp_path / "r.json"), "x").write(
        subject, case, REGISTERED[EXACT], failure(subject, case)
    )
    assert script is not None
    text = script.read_text().replace("y = img\n", f"{PLAIN}\n")
    assert run(text, call, script) == 0
    assert given == [(a.dtype, a.flags.writeable, a.strides, a.tobytes()) for a in case.arrays()]


def shifted(img: Array, k: Array, padding: str) -> Array:
    return np.roll(direct.conv2d(img, k, padding), 1, 1)


@pytest.mark.parametrize("value", [np.nan, np.inf], ids=str)
def test_a_script_expects_nothing_of_sums_that_are_not_finite(value: float) -> None:
    img, k = Case((6, 7), (3, 3)).arrays()
    img[1, 1] = value
    subject = outcome_with(direct.conv2d)
    subject.call(img, k, "same")
    found = plane_evidence(subject, WrongValueError("", bound=None))
    assert found is not None
    assert not found.parts[0].differs
    text = shown(found)
    assert (run(text, shifted), run(text, direct.conv2d)) == (1, 0)


def test_small_operands_stand_in_the_script_and_large_ones_beside_it() -> None:
    small, large = of_case(Case((6, 7), (3, 3))), of_case(Case((INLINE, 2), (1, 1)))
    assert ("np.load" in shown(small), "np.load" in shown(large)) == (False, True)


@pytest.mark.slow
def test_the_arrays_hold_everything_that_was_in_play(tmp_path: Path) -> None:
    failed = matrix(tmp_path, "wrong_past_16_columns", "V1 and 12x33 and same and float32")[0]
    with np.load(script_of(tmp_path, failed).with_suffix(".npz")) as stored:
        assert set(stored) == {"img", "k", "padding", "result", "expected", "bound", "note"}
        assert np.array_equal(stored["img"], Case((12, 33), (3, 3)).arrays()[0])
        assert (stored["result"] != stored["expected"]).any()


def test_a_script_runs_on_the_oldest_python() -> None:
    text = shown(of_case(Case((6, 7), (3, 3), layout="strided")))
    assert ast.parse(text, feature_version=(3, 7))


def test_no_more_than_the_limit_is_written_and_that_is_said_once(tmp_path: Path) -> None:
    subject = BackendUnderTest(Hostile("bad"), seconds=2)
    case = Case((6, 7), (3, 3))
    failed, bugs = failure(subject, case), Reproducers(str(tmp_path / "r.json"), "x")
    for check in (*REGISTERED.values(), *REGISTERED.values(), *REGISTERED.values()):
        bugs.write(subject, case, check, failed)
    (note,) = bugs.notes()
    assert len(list((tmp_path / "failures").glob("*.npz"))) <= LIMIT
    assert "more have none" in note


def test_a_folder_that_cannot_be_written_is_named_in_one_line() -> None:
    subject, case = BackendUnderTest(Hostile("bad"), seconds=2), Case((6, 7), (3, 3))
    with pytest.raises(DocumentError, match=r"^/proc/none/failures/.*choose another --results$"):
        Reproducers("/proc/none/r.json", "x").write(
            subject, case, REGISTERED[EXACT], failure(subject, case)
        )


def test_the_page_names_the_script() -> None:
    failed = verdict(0, "failed", script="failures/shown.py")
    assert "python failures/shown.py" in render_html(document(run_of(backend(), failed, END)))


def test_two_failures_never_share_a_file() -> None:
    names = {file_name("a/b", "c", "d", "e"), file_name("a-b", "c", "d", "e"),
             file_name("a/b", "c", "d", "f")}  # fmt: skip
    assert len(names) == 3
    assert max(map(len, (file_name(*["x" * 999] * 4),))) < 250
