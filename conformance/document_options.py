"""The options of the commands that read results documents: merge, report and gate."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

OUTPUT = Path("reports/output")


def merge(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``merge``."""
    parser.description = "Merge results documents; of one environment the newest run stays."
    _inputs(parser)
    parser.add_argument("--output", type=Path, required=True, help="the merged document")
    parser.set_defaults(
        run=lambda o: importlib.import_module("conformance.commands").merge(
            o.documents, o.expect, o.output
        )
    )


def report(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``report``."""
    parser.description = "Draw one self-contained HTML page and print its path."
    _inputs(parser)
    parser.add_argument(
        "--output",
        type=Path,
        default=OUTPUT / "report.html",
        help="the page; default: %(default)s",
    )
    parser.add_argument(
        "--baseline",
        type=Path,
        metavar="PATH",
        help="show what changed since this document or folder; the exit code stays",
    )
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML too")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write Markdown too, for a job's page"
    )
    parser.set_defaults(run=_run_report)


def _run_report(o: argparse.Namespace) -> int:
    module = importlib.import_module("conformance.commands")
    drawn = module.Drawn(o.baseline, o.junit, o.markdown)
    status: int = module.report(o.documents, o.expect, o.output, drawn)
    return status


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
        help="leave out environments that one side lacks, which otherwise is exit 2",
    )
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
    parser.set_defaults(run=_run_gate)


def _run_gate(o: argparse.Namespace) -> int:
    module = importlib.import_module("conformance.gating")
    wanted = module.Wanted(
        o.baseline, o.candidate, o.acknowledgements, o.only_common, o.json, o.github, o.junit,
        o.markdown,
    )  # fmt: skip
    status: int = module.gate(wanted)
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
