"""The command ``upgrade``: runs two versions through the same matrix, then compares them."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from conv2d_conformance.backends.protocol import Unavailable
from conv2d_conformance.cli import gate as gating
from conv2d_conformance.cli.results_commands import ALONE, ReportOutputs, report
from conv2d_conformance.console import say
from conv2d_conformance.reports.document.files import DocumentError, load, save
from conv2d_conformance.reports.gate.sides import sides as of_run
from conv2d_conformance.upgrade import sides
from conv2d_conformance.upgrade.speed import LONGEST, add_ratios

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from conv2d_conformance.reports.document.model import Document
    from conv2d_conformance.upgrade.sides import Side

# The gate reports the findings, not each of the two runs.
QUIET_OPTIONS = ("--tb=no", "-rN", "--no-header", "-W", "ignore", "--time-budget", str(LONGEST))
# At most this many differences are printed by name.
FEW_NAMES = 12


@dataclass(frozen=True)
class UpgradeRequest:
    """The arguments of one ``upgrade``; see `conv2d_conformance.upgrade.sides.build_sides`.

    ``seconds`` is the time for paired calls of each backend, 0 for none. ``gate`` says where the
    findings are written.
    """

    requirements: Sequence[str]
    pythons: Sequence[str]
    more: Sequence[str]
    backends: Sequence[str]
    output: Path
    seconds: float
    gate: gating.GateRequest


def upgrade(wanted: UpgradeRequest) -> int:
    """Build, run, time and compare; return 0 (nothing), 1 (findings) or 2 (could not judge).

    Raises
    ------
    CannotBuildError, Unavailable, UnknownBackendError, DocumentError
        If a side cannot be built, loaded or run; the message says why.
    """
    with _only(wanted.output):
        return _upgrade(wanted)


def _upgrade(wanted: UpgradeRequest) -> int:
    # An unknown name is reported before anything is built.
    upgraded = sides.distributions(wanted.requirements)
    selectors = wanted.backends or (sides.backends_of_distributions(upgraded) if upgraded else ())
    both = sides.build_sides(wanted.requirements, wanted.pythons, wanted.more, say)
    _tell_differences(both)
    names = sides.backends(selectors, both)
    say(f"judging {', '.join(names)}")
    for side, path in zip(both, (wanted.gate.baseline, wanted.gate.candidate), strict=True):
        matrix(side, names, path)
    documents = load(wanted.gate.baseline), load(wanted.gate.candidate)
    unjudged = [*_mute(documents, names.values())]
    if wanted.seconds > 0:
        unjudged += add_ratios(both, names, documents, wanted.seconds)
        save(documents[1], wanted.gate.candidate)
    drawn = ReportOutputs(baseline=wanted.gate.baseline, unjudged=unjudged)
    # The gate writes last. With --json, standard output has the gate's JSON alone.
    shown = report([wanted.gate.candidate], [], wanted.output / "report.html", drawn, say)
    return gating.gate(replace(wanted.gate, unjudged=unjudged)) or shown


@contextmanager
def _only(folder: Path) -> Iterator[None]:
    """Lock the folder: two upgrades at once would mix their documents.

    Raises
    ------
    DocumentError
        If the folder cannot be written, or another upgrade is writing to it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=0):
            yield
    except Timeout as error:
        msg = f"{folder}: another upgrade is writing there; choose another --output"
        raise DocumentError(msg) from error
    except OSError as error:
        msg = (
            f"{error.filename or folder}: cannot write ({error.strerror}); choose another --output"
        )
        raise DocumentError(msg) from error


def _tell_differences(both: Sequence[Side]) -> None:
    """Print what differs: pip may have met two requirements with one version."""
    found = sides.differences(both)
    names = ", ".join(found[:FEW_NAMES])
    more = f" and {len(found) - FEW_NAMES} more" if len(found) > FEW_NAMES else ""
    say(f"what differs: {names or 'nothing, all versions are the same'}{more}")


def _mute(documents: tuple[Document, Document], names: Iterable[str]) -> Iterator[str]:
    """Return the backends without a result on either side: equal, but nothing is known of them."""
    each = [of_run(document["runs"][0]) for document in documents]
    for name in names:
        facts = [side[name].facts.get("paddings") for side in each if name in side]
        if not any(fact and fact["value"] for fact in facts):
            yield f"{name}: no padding gave a result on either side"


def matrix(side: Side, names: Iterable[str], results: Path) -> None:
    """Run the matrix on the backends of one side, and write their results.

    Raises
    ------
    Unavailable
        If it did not complete.
    """
    say(f"running the matrix on {side}")
    chosen = [word for name in names for word in ("--backend", side.has(name))]
    words = [
        *ALONE,
        *QUIET_OPTIONS,
        *chosen,
        "--results",
        str(results),
        "--environment",
        results.stem,
    ]
    # An -x or -k in the user's PYTEST_ADDOPTS would cut both matrices short, and the gate would see
    # no difference.
    own = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    command = [sys.executable, "-m", "pytest", *words]
    # pytest's own output is progress: it goes to standard error.
    done = subprocess.run(command, stdout=2, check=False, env=own)  # noqa: S603  (ourselves)
    if done.returncode not in (0, 1):
        msg = f"the matrix on {side} did not come to its end; what it said is above"
        raise Unavailable(msg)
