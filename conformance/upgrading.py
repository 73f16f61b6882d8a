"""The command ``upgrade``: two versions through the same matrix, then the gate between them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backends.protocol import Unavailable
from conformance import gating, hosted_pairs, sides
from conformance.commands import ALONE, Drawn, report
from conformance.console import say
from conformance.paired import LEVEL
from reports.document import load, save

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.sides import Side
    from reports.model import Document, RatioRecord

# A size of which five calls take longer would leave paired timing nothing for the others.
LONGEST = 0.5
# Findings are told by the gate, not by each of the two runs.
QUIET = ("--tb=no", "-rN", "--no-header", "-W", "ignore", "--time-budget", str(LONGEST))


@dataclass(frozen=True)
class Wanted:
    """What a person asked of an upgrade; see `conformance.sides.built`.

    ``seconds`` are those of paired calls of one backend, 0 to leave them out; ``gate`` has what is
    written of the findings.
    """

    requirements: Sequence[str]
    pythons: Sequence[str]
    more: Sequence[str]
    backends: Sequence[str]
    output: Path
    seconds: float
    gate: gating.Wanted


def upgrade(wanted: Wanted) -> int:
    """Build, run, time and compare; 0 (nothing), 1 (findings) or 2 (could not judge).

    Raises
    ------
    CannotBuildError, Unavailable, UnknownBackendError, DocumentError
        If that cannot be done; the message says why.
    """
    # A name that is none is told before anything is built.
    upgraded = sides.distributions(wanted.requirements)
    selectors = wanted.backends or (sides.served(upgraded) if upgraded else ())
    both = sides.built(wanted.requirements, wanted.pythons, wanted.more, say)
    names = sides.backends(selectors, both)
    say(f"judging {', '.join(names)}")
    for side, path in zip(both, (wanted.gate.baseline, wanted.gate.candidate), strict=True):
        matrix(side, names, path)
    if wanted.seconds > 0:
        _add_ratios(wanted, both, names)
    status = gating.gate(wanted.gate)
    drawn = Drawn(baseline=wanted.gate.baseline)
    shown = report([wanted.gate.candidate], [], wanted.output / "report.html", drawn)
    return status or shown


def matrix(side: Side, names: Sequence[str], results: Path) -> None:
    """Run the matrix on backends of one side, and write their results.

    Raises
    ------
    Unavailable
        If it did not come to its end.
    """
    say(f"running the matrix on {side}")
    chosen = [word for name in names for word in ("--backend", side.has(name))]
    words = [*ALONE, *QUIET, *chosen, "--results", str(results), "--environment", results.stem]
    # pytest's own words are progress: they go to standard error.
    done = subprocess.run([sys.executable, "-m", "pytest", *words], stdout=2, check=False)  # noqa: S603  (ourselves)
    if done.returncode not in (0, 1):
        msg = f"the matrix on {side} did not come to its end; what it said is above"
        raise Unavailable(msg)


def _add_ratios(wanted: Wanted, both: Sequence[Side], names: Sequence[str]) -> None:
    """Time the two in turns, and put the ratios into the document of the second."""
    before, after = load(wanted.gate.baseline), load(wanted.gate.candidate)
    level = LEVEL / len(names)
    found = [
        ratio for name in names for ratio in _ratios(wanted, both, name, (before, after), level)
    ]
    (run,) = after["runs"]
    run["records"][-1:-1] = found
    save(after, wanted.gate.candidate)


def _ratios(
    wanted: Wanted,
    both: Sequence[Side],
    name: str,
    documents: tuple[Document, Document],
    level: float,
) -> list[RatioRecord]:
    cases = hosted_pairs.timed_in_both(*documents, name)
    if not cases:
        return []
    say(f"timing {name}: {both[0]} and {both[1]} in turns, {len(cases)} cases")
    selectors = both[0].has(name), both[1].has(name)
    try:
        found = hosted_pairs.ratios(selectors, cases, wanted.seconds, level, say)
    except Exception as error:  # noqa: BLE001  (whatever a framework raises; the rest goes on)
        say(f"no ratios of {name}: {type(error).__name__}: {error}")
        return []
    return [hosted_pairs.record(name, ratio, str(both[0])) for ratio in found]
