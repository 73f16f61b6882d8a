"""The command line: ``python -m conformance``, also installed as ``conv2d-conformance``.

It only composes. Findings on stdout, progress on stderr. Exit 0: fine; 1: findings; 2: could not
judge (usage, nothing there, an unreadable document, interrupted).
"""

from __future__ import annotations

import argparse
import importlib
import math
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backends.protocol import PADDINGS, Unavailable
from backends.registry import UnknownBackendError
from conformance import diagnose_options
from conformance.console import program, version
from conformance.interpreters import CannotBuildError
from reports.model import DocumentError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

OUTPUT = Path("reports/output")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a person's mistake is one line on stderr."""
    options = _parser().parse_args(argv)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except (UnknownBackendError, Unavailable, CannotBuildError, DocumentError) as error:
        sys.stderr.write(f"conformance {options.command}: {error}\n")
        return 2
    except KeyboardInterrupt:
        # pytest's exit code for it, so that `run` and the other commands agree.
        sys.stderr.write(f"conformance {options.command}: interrupted\n")
        return 2
    except BrokenPipeError:
        # The reader (head, less) has left; what it wanted, it has.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _imported(name: str) -> ModuleType:
    """A module of ours, only once a command needs it: --help is to be quick, Ctrl-C to be told."""
    return importlib.import_module(f"conformance.{name}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program(), description=__doc__)
    parser.add_argument("--version", action="version", version=version())
    commands_of = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _backends(commands_of.add_parser("backends", help="list the calls that can be tested"))
    _probe(commands_of.add_parser("probe", help="measure how calls read image and kernel"))
    _explain(commands_of.add_parser("explain", help="say how two calls differ, with the code"))
    diagnose_options.add(
        commands_of.add_parser("diagnose", help="find what relates results to image and kernel")
    )
    _run(commands_of.add_parser("run", help="run the matrix on calls and write their results"))
    _merge(commands_of.add_parser("merge", help="put several results documents into one"))
    _report(commands_of.add_parser("report", help="draw the HTML report of results documents"))
    _gate(commands_of.add_parser("gate", help="tell what changed since a baseline, and fail if so"))
    _upgrade(commands_of.add_parser("upgrade", help="compare two versions of a framework"))
    return parser


def _backends(parser: argparse.ArgumentParser) -> None:
    parser.description = "List every backend that --backend can name, and what it needs."
    parser.add_argument("--json", action="store_true", help="print a list for a program")
    parser.set_defaults(run=lambda o: _imported("commands").backends(as_json=o.json))


def _probe(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Measure orientation, anchor, boundary, paddings and dtypes of calls, from which pixel "
        "each output pixel reads through each kernel element."
    )
    parser.add_argument(
        "names",
        nargs="+",
        metavar="NAME",
        help="a dotted name, a prefix (scipy), package.module:attr or path/to/file.py:attr",
    )
    _python(parser)
    parser.add_argument("--json", action="store_true", help="print a list for a program")
    parser.set_defaults(
        run=lambda o: _imported("probing").probe(
            o.names, o.python, as_json=o.json, requirements=o.requirement
        )
    )


def _explain(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Say how two calls differ, by what was measured of them, draw it, and print the code that "
        "gives the one's result by the other, both ways."
    )
    for letter in "AB":
        parser.add_argument(letter, help="a call that can be probed, by its whole name")
    _python(parser)
    parser.add_argument("--padding", choices=PADDINGS, help="only the code for this padding")
    parser.add_argument("--kernel", choices=("odd", "even"), help="only that for such kernels")
    parser.add_argument("--json", action="store_true", help="print all of it for a program")
    parser.set_defaults(
        run=lambda o: _imported("explaining").explain(
            (o.A, o.B), o.python, o.requirement, padding=o.padding, kernel=o.kernel, as_json=o.json
        )
    )


def _python(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--python",
        metavar="PYTHON",
        help="run the calls in another interpreter: its path, or a version such as 3.7; it needs "
        "NumPy and their framework and nothing of the suite (Python 3.7 or later); NAME@PATH does "
        "so for one",
    )
    parser.add_argument(
        "--requirement",
        action="append",
        default=[],
        metavar="REQ",
        help="run the calls in an environment of that Python that holds REQ (scipy==1.3.0): it is "
        "built, once, and kept; may be repeated",
    )


def _run(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Run the conformance matrix and write a results document; what `pytest conformance "
        "--backend NAME --results FILE` does, plus the HTML report."
    )
    parser.add_argument("names", nargs="+", metavar="NAME", help="as for probe")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder; default: %(default)s")
    parser.add_argument("--environment", help="name of the document; default: the first NAME")
    parser.add_argument(
        "--layer",
        action="append",
        default=[],
        metavar="ID",
        help="judge this layer alone, as pytest does with --layer; may be repeated",
    )
    parser.add_argument(
        "--save-baseline",
        action="store_true",
        help="also write reports/baselines/ENVIRONMENT.json, for `gate`, if the run ended",
    )
    _python(parser)
    parser.add_argument(
        "--if-available",
        action="store_true",
        help="where there is no such Python on this machine, leave a document that says so, exit 0",
    )
    parser.set_defaults(
        run=lambda o: _imported("commands").run(
            o.names,
            o.output,
            o.environment,
            o.layer,
            python=o.python,
            requirements=o.requirement,
            if_available=o.if_available,
            save_baseline=o.save_baseline,
        )
    )


def _merge(parser: argparse.ArgumentParser) -> None:
    parser.description = "Merge results documents; of one environment the newest run stays."
    _inputs(parser)
    parser.add_argument("--output", type=Path, required=True, help="the merged document")
    parser.add_argument(
        "--save-baselines",
        action="store_true",
        help="also write reports/baselines/ENVIRONMENT.json of each, for `gate`, if all ended",
    )
    parser.set_defaults(
        run=lambda o: _imported("commands").merge(
            o.documents, o.expect, o.output, save_baselines=o.save_baselines
        )
    )


def _report(parser: argparse.ArgumentParser) -> None:
    parser.description = "Draw one self-contained HTML page and print its path."
    _inputs(parser)
    parser.add_argument(
        "--output",
        type=Path,
        default=OUTPUT / "report.html",
        help="the page; default: %(default)s",
    )
    parser.set_defaults(run=lambda o: _imported("commands").report(o.documents, o.expect, o.output))


GATE = """\
Compare two results documents record by record: facts, verdicts, margins, timings.

Exit 0: no finding; 1: findings; 2: could not judge (a document that is not whole, or a backend or
environment of the baseline that the candidate lacks). What is fixed, new, faster, or not
comparable between two machines is noted and no finding."""
GATE_MORE = """\
Findings that are accepted stand in acknowledgements.toml beside the baseline, or in
--acknowledgements FILE. The gate never writes it; it prints the entry to paste for each finding.

  python -m conformance run scipy --save-baseline
  python -m conformance gate reports/baselines/scipy.json reports/output/scipy.json"""


def _gate(parser: argparse.ArgumentParser) -> None:
    parser.description, parser.epilog = GATE, GATE_MORE
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    what = "a results document, or a folder of them"
    parser.add_argument("baseline", type=Path, metavar="BASELINE", help=f"before: {what}")
    parser.add_argument("candidate", type=Path, metavar="CANDIDATE", help=f"after: {what}")
    parser.add_argument(
        "--only-common",
        action="store_true",
        help="leave out environments that one side lacks, which otherwise is exit 2",
    )
    _findings(parser)
    parser.set_defaults(run=_run_gate)


def _findings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--acknowledgements", type=Path, metavar="FILE.toml", help="findings that are accepted"
    )
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write Markdown, for GITHUB_STEP_SUMMARY"
    )
    printed = parser.add_mutually_exclusive_group()
    printed.add_argument("--json", action="store_true", help="print all of it for a program")
    printed.add_argument(
        "--github", action="store_true", help="print workflow commands too, for annotations"
    )


def _run_gate(o: argparse.Namespace) -> int:
    status: int = _imported("gating").gate(_wanted(o, o.baseline, o.candidate, o.only_common))
    return status


def _wanted(o: argparse.Namespace, baseline: Path, candidate: Path, only_common: bool) -> Any:
    return _imported("gating").Wanted(
        baseline, candidate, o.acknowledgements, only_common, o.json, o.github, o.junit, o.markdown
    )


UPGRADE = """\
Compare two versions of a framework: build both, run the matrix in both, time them in turns, and
tell what changed, from facts to digits to speed.

BEFORE and AFTER are requirements as pip has them, several separated by blanks. Environments are
built once and kept. Exit 0: no finding; 1: findings; 2: could not judge."""
UPGRADE_MORE = """\
  python -m conformance upgrade jax==0.9.2 jax==0.10.2
  python -m conformance upgrade keras==3.14.0 keras==3.15.1 --with tensorflow-cpu==2.21.0
  python -m conformance upgrade numpy==2.3.5 numpy==2.4.6 --with scipy==1.17.1 --backend scipy
  python -m conformance upgrade --python old/bin/python --python new/bin/python --backend torch"""


def _upgrade(parser: argparse.ArgumentParser) -> None:
    parser.description, parser.epilog = UPGRADE, UPGRADE_MORE
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.usage = "%(prog)s [BEFORE AFTER] [--python PYTHON [--python PYTHON]] [options]"
    parser.add_argument("requirements", nargs="*", metavar="BEFORE AFTER", help="requirements")
    parser.add_argument(
        "--python",
        action="append",
        default=[],
        help="path or version of the interpreter to build on, of both or once for each; without "
        "BEFORE and AFTER, the two interpreters to compare as they are",
    )
    parser.add_argument(
        "--with",
        action="append",
        default=[],
        dest="more",
        metavar="REQUIREMENT",
        help="installed on both sides",
    )
    parser.add_argument(
        "--backend",
        action="append",
        default=[],
        metavar="NAME",
        help="what to judge, as for probe; default: the calls of what is upgraded",
    )
    parser.add_argument(
        "--seconds",
        type=_seconds,
        default=20.0,
        help="of paired calls of each backend, to compare speed; more finds smaller differences, "
        "0 leaves speed out; default: %(default)g",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=OUTPUT / "upgrade",
        help="folder of both documents and the report; default: %(default)s",
    )
    _findings(parser)
    parser.set_defaults(run=lambda o: _run_upgrade(parser, o))


def _seconds(word: str) -> float:
    """A number of seconds; NaN would pass for 0, and leave speed out unasked."""
    with suppress(ValueError):
        if 0 <= (found := float(word)) < math.inf:
            return found
    msg = f"{word!r} is no number of seconds: give one such as 20, or 0 to leave speed out"
    raise argparse.ArgumentTypeError(msg)


def _run_upgrade(parser: argparse.ArgumentParser, o: argparse.Namespace) -> int:
    sides, pythons = len(o.requirements), len(o.python)
    if (sides, pythons) not in ((2, 0), (2, 1), (2, 2), (0, 2)):
        parser.error("give BEFORE and AFTER, or --python twice; the two sides are compared")
    module = _imported("upgrading")
    gate = _wanted(o, o.output / "before.json", o.output / "after.json", only_common=False)
    status: int = module.upgrade(
        module.Wanted(o.requirements, o.python, o.more, o.backend, o.output, o.seconds, gate)
    )
    return status


def _inputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("documents", nargs="*", type=Path, metavar="FILE", help="results documents")
    parser.add_argument(
        "--expect",
        nargs="*",
        default=[],
        metavar="ENVIRONMENT",
        help="environments that ought to be there; one without results is shown as not run",
    )
