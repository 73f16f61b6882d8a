"""The options of the commands that report what changed: gate and upgrade."""

from __future__ import annotations

import argparse
import math
from contextlib import suppress
from pathlib import Path
from typing import Any

from conv2d_conformance.cli.document_options import OUTPUT
from conv2d_conformance.console import import_command
from conv2d_conformance.reports.document.severity import SEVERITIES, typed

GATE = """\
Compare two results documents record by record: facts, verdicts, margins, timings.

Exit 0: no finding; 1: findings; 2: none, but something could not be judged (an incomplete
document, or a backend or environment of the baseline that the candidate lacks). Anything fixed,
new, faster, or not comparable between two machines is a note, not a finding."""
GATE_MORE = """\
Accepted findings are listed in acknowledgements.toml next to the baseline, or in
--acknowledgements FILE. The gate never writes it; it prints the entry to paste for each finding.

  conv2d-conformance run scipy --save-baseline
  conv2d-conformance gate reports/baselines/scipy.json reports/output/scipy.json"""
SEVERITY_BY_WORD = {typed(severity): severity for severity in SEVERITIES}
UPGRADE = """\
Compare two versions of a framework: build both, run the matrix in both, time them in turns, and
report what changed, from facts to digits to speed.

BEFORE and AFTER are requirements as pip takes them, several separated by blanks. Environments are
built once and cached. Exit 0: no finding; 1: findings; 2: none, but something could not be
judged."""
UPGRADE_MORE = """\
  conv2d-conformance upgrade jax==0.9.2 jax==0.10.2
  conv2d-conformance upgrade keras==3.14.0 keras==3.15.1 --with tensorflow-cpu==2.21.0
  conv2d-conformance upgrade numpy==2.3.5 numpy==2.4.6 --with scipy==1.17.1 --backend scipy
  conv2d-conformance upgrade --python old/bin/python --python new/bin/python --backend torch"""


def gate(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``gate``."""
    parser.description, parser.epilog = GATE, GATE_MORE
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    what = "a results document, or a folder of them"
    parser.add_argument("baseline", type=Path, metavar="BASELINE", help=f"before: {what}")
    parser.add_argument("candidate", type=Path, metavar="CANDIDATE", help=f"after: {what}")
    parser.add_argument(
        "--only-common",
        action="store_true",
        help="ignore environments that one side lacks; without this they are exit 2",
    )
    _findings(parser)
    parser.set_defaults(run=_run_gate)


def upgrade(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``upgrade``."""
    parser.description, parser.epilog = UPGRADE, UPGRADE_MORE
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.usage = "%(prog)s [BEFORE AFTER] [--python PYTHON [--python PYTHON]] [options]"
    parser.add_argument("requirements", nargs="*", metavar="BEFORE AFTER", help="requirements")
    parser.add_argument(
        "--python",
        action="append",
        default=[],
        help="path or version of the Python to build on, once for both sides or once for each; "
        "without BEFORE and AFTER, the two Pythons to compare, unchanged",
    )
    parser.add_argument(
        "--with",
        action="append",
        default=[],
        dest="more",
        metavar="REQUIREMENT",
        help="a requirement to install on both sides",
    )
    parser.add_argument(
        "--backend",
        action="append",
        default=[],
        metavar="NAME",
        help="the calls to check, as for probe; default: the calls of the upgraded package",
    )
    parser.add_argument(
        "--seconds",
        type=_seconds,
        default=20.0,
        help="time for paired calls of each backend, to compare speed; more time finds smaller "
        "differences, 0 leaves speed out; default: %(default)g",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=OUTPUT / "upgrade",
        help="folder for both documents and the report; default: %(default)s",
    )
    _findings(parser)
    parser.set_defaults(run=lambda o: _run_upgrade(parser, o))


def _findings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--acknowledgements", type=Path, metavar="FILE.toml", help="accepted findings"
    )
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write Markdown, for GITHUB_STEP_SUMMARY"
    )
    parser.add_argument(
        "--fail-on",
        choices=SEVERITY_BY_WORD,
        metavar="SEVERITY",
        help="exit 1 only for findings at least as severe; the others are listed. The worst first: "
        f"{', '.join(SEVERITY_BY_WORD)}",
    )
    printed = parser.add_mutually_exclusive_group()
    printed.add_argument("--json", action="store_true", help="print everything as JSON")
    printed.add_argument(
        "--github", action="store_true", help="also print workflow commands, for annotations"
    )


def _run_gate(o: argparse.Namespace) -> int:
    status: int = import_command("gate").gate(
        _gate_request(o, o.baseline, o.candidate, o.only_common)
    )
    return status


def _seconds(word: str) -> float:
    """Parse a number of seconds; refuses NaN, which would silently leave out the timings."""
    with suppress(ValueError):
        if 0 <= (found := float(word)) < math.inf:
            return found
    msg = f"{word!r} is no number of seconds: give one such as 20, or 0 to leave speed out"
    raise argparse.ArgumentTypeError(msg)


def _run_upgrade(parser: argparse.ArgumentParser, o: argparse.Namespace) -> int:
    sides, pythons = len(o.requirements), len(o.python)
    if o.more and not sides:
        parser.error("--with needs BEFORE and AFTER: two interpreters are compared as they are")
    if (sides, pythons) not in ((2, 0), (2, 1), (2, 2), (0, 2)):
        parser.error("give BEFORE and AFTER, or --python twice; the two sides are compared")
    module = import_command("upgrade")
    gate = _gate_request(o, o.output / "before.json", o.output / "after.json", only_common=False)
    status: int = module.upgrade(
        module.UpgradeRequest(
            o.requirements, o.python, o.more, o.backend, o.output, o.seconds, gate
        )
    )
    return status


def _gate_request(o: argparse.Namespace, baseline: Path, candidate: Path, only_common: bool) -> Any:
    return import_command("gate").GateRequest(
        baseline,
        candidate,
        o.acknowledgements,
        only_common,
        o.json,
        o.github,
        o.junit,
        o.markdown,
        SEVERITY_BY_WORD.get(o.fail_on),
    )
