"""The command ``upgrade``: two versions through the same matrix, then the gate between them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backends.protocol import Unavailable
from conformance import gating, hosted_pairs, sides
from conformance.commands import ALONE, report
from conformance.console import emit, say
from conformance.paired import LEVEL
from conformance.timing import LeftOut
from reports.document import load, save

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.paired import Ratio
    from conformance.sides import Side
    from reports.model import Document, RatioRecord

# A size of which five calls take longer would leave paired timing nothing for the others.
LONGEST = 0.5
# Findings are told by the gate, not by each of the two runs.
QUIET = ("--tb=no", "-rN", "--no-header", "-W", "ignore", "--time-budget", str(LONGEST))


# Differences that are told by name.
FEW = 12


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
    _tell_differences(wanted, both)
    names = sides.backends(selectors, both)
    say(f"judging {', '.join(names)}")
    for side, path in zip(both, (wanted.gate.baseline, wanted.gate.candidate), strict=True):
        matrix(side, names, path)
    unjudged = _add_ratios(wanted, both, names) if wanted.seconds > 0 else []
    status = gating.gate(wanted.gate)
    # Of JSON nothing else may stand on standard output.
    tell = say if wanted.gate.json else emit
    shown = report([wanted.gate.candidate], [], wanted.output / "report.html", tell)
    for why in unjudged:
        say(f"could not judge the speed of {why}; --seconds 0 leaves speed out")
    return 2 if unjudged else status or shown


def _tell_differences(wanted: Wanted, both: Sequence[Side]) -> None:
    """Say what differs; requirements that pip met with the same versions upgrade nothing."""
    found = sides.differences(both)
    if not found and wanted.requirements:
        msg = "BEFORE and AFTER gave the same versions of everything; pin two that differ"
        raise Unavailable(msg)
    more = f" and {len(found) - FEW} more" if len(found) > FEW else ""
    say(f"what differs: {', '.join(found[:FEW]) or 'no version'}{more}")


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
    # A person's -x or -k would cut both matrices short alike.
    own = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    command = [sys.executable, "-m", "pytest", *words]
    # pytest's own words are progress: they go to standard error.
    done = subprocess.run(command, stdout=2, check=False, env=own)  # noqa: S603  (ourselves)
    if done.returncode not in (0, 1):
        msg = f"the matrix on {side} did not come to its end; what it said is above"
        raise Unavailable(msg)


def _add_ratios(wanted: Wanted, both: Sequence[Side], names: Sequence[str]) -> list[str]:
    """Time the two in turns, put the ratios into the document of the second; say what has none."""
    before, after = load(wanted.gate.baseline), load(wanted.gate.candidate)
    level = LEVEL / len(names)
    found: list[RatioRecord] = []
    unjudged = []
    for name in names:
        ratios, why = _ratios(wanted, both, name, (before, after), level)
        found += [hosted_pairs.record(name, ratio, str(both[0])) for ratio in ratios]
        unjudged += [f"{name}: {why}"] if why else []
    (run,) = after["runs"]
    run["records"][-1:-1] = found
    save(after, wanted.gate.candidate)
    return unjudged


def _ratios(
    wanted: Wanted,
    both: Sequence[Side],
    name: str,
    documents: tuple[Document, Document],
    level: float,
) -> tuple[list[Ratio], str]:
    """The ratios of one backend, and why they are not enough; that is empty if they are."""
    cases = hosted_pairs.to_time(*documents, name)
    if not cases:
        return [], ""
    say(f"timing {name}: {both[0]} and {both[1]} in turns, {len(cases)} cases")
    selectors = both[0].has(name), both[1].has(name)
    try:
        found = hosted_pairs.ratios(selectors, cases, wanted.seconds, level, say)
    except LeftOut as error:
        return [], f"{error}; give it more --seconds"
    except Exception as error:  # noqa: BLE001  (whatever a framework raises; the rest goes on)
        return [], f"{type(error).__name__}: {error}"
    if lost := hosted_pairs.unseen(*documents, name, found, LONGEST):
        return found, f"{', '.join(lost)} got slower than fits; give it more --seconds"
    return found, ""
