"""The options of the commands that combine results documents: merge and report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conv2d_conformance.console import import_command

if TYPE_CHECKING:
    import argparse

OUTPUT = Path("reports/output")


def merge(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``merge``."""
    parser.description = "Merge results documents; the newest run of each environment is used."
    _inputs(parser)
    parser.add_argument("--output", type=Path, required=True, help="the merged document")
    parser.add_argument(
        "--save-baselines",
        action="store_true",
        help="also write reports/baselines/ENVIRONMENT.json of each, if all runs completed",
    )
    parser.set_defaults(
        run=lambda o: import_command("results_commands").merge(
            o.documents, o.expect, o.output, save_baselines=o.save_baselines
        )
    )


def report(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``report``."""
    parser.description = "Write one self-contained HTML page and print its path."
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
        help="show what changed since this document or folder; does not change the exit code",
    )
    parser.add_argument("--junit", type=Path, metavar="FILE", help="also write JUnit XML")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="also write Markdown, for a CI job's page"
    )
    parser.set_defaults(run=_run_report)


def _run_report(o: argparse.Namespace) -> int:
    module = import_command("results_commands")
    drawn = module.ReportOutputs(o.baseline, o.junit, o.markdown)
    status: int = module.report(o.documents, o.expect, o.output, drawn)
    return status


def _inputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("documents", nargs="*", type=Path, metavar="FILE", help="results documents")
    parser.add_argument(
        "--expect",
        nargs="*",
        default=[],
        metavar="ENVIRONMENT",
        help="environments that must be there; one without results is shown as not run",
    )
