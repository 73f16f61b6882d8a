"""The options of the commands that make calls: backends, probe, explain and run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conv2d_conformance.backends.protocol import PADDINGS
from conv2d_conformance.cli.document_options import OUTPUT
from conv2d_conformance.console import import_command

if TYPE_CHECKING:
    import argparse


def backends(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``backends``."""
    parser.description = "List every backend that --backend can name, and what it needs."
    parser.add_argument("--json", action="store_true", help="print a list as JSON")
    parser.set_defaults(run=lambda o: import_command("results_commands").backends(as_json=o.json))


def probe(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``probe``."""
    parser.description = (
        "Measure orientation, anchor, boundary, paddings and dtypes of calls, by finding which "
        "pixel each output pixel reads through each kernel element."
    )
    parser.add_argument(
        "names",
        nargs="+",
        metavar="NAME",
        help="a dotted name, a prefix (scipy), package.module:attr or path/to/file.py:attr",
    )
    _python(parser)
    parser.add_argument("--json", action="store_true", help="print a list as JSON")
    verbose(parser)
    parser.set_defaults(
        run=lambda o: import_command("probe").probe(
            o.names, o.python, as_json=o.json, requirements=o.requirement, verbose=o.verbose
        )
    )


def explain(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``explain``."""
    parser.description = (
        "Show how two calls differ, from their measured facts, in words and as a drawing. Print "
        "the code that gets one call's result from the other, in both directions."
    )
    for letter in "AB":
        parser.add_argument(letter, help="a call that can be probed, by its full name")
    _python(parser)
    parser.add_argument("--padding", choices=PADDINGS, help="only the code for this padding")
    parser.add_argument("--kernel", choices=("odd", "even"), help="only the code for such kernels")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    verbose(parser)
    parser.set_defaults(
        run=lambda o: import_command("explain").explain(
            (o.A, o.B),
            o.python,
            o.requirement,
            padding=o.padding,
            kernel=o.kernel,
            as_json=o.json,
            verbose=o.verbose,
        )
    )


def run(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``run``."""
    parser.description = (
        "Run the conformance matrix, write a results document as `pytest conformance "
        "--backend NAME --results FILE` does, and write the HTML report."
    )
    parser.add_argument("names", nargs="+", metavar="NAME", help="as for probe")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder; default: %(default)s")
    parser.add_argument("--environment", help="name of the document; default: the first NAME")
    parser.add_argument(
        "--layer",
        action="append",
        default=[],
        metavar="ID",
        help="check only this layer, as pytest --layer does; may be repeated",
    )
    parser.add_argument(
        "--save-baseline",
        action="store_true",
        help="also write reports/baselines/ENVIRONMENT.json, for `gate`, if the run completes",
    )
    _python(parser)
    parser.add_argument(
        "--if-available",
        action="store_true",
        help="if the Python is not on this machine, write a document that says so, and exit with 0",
    )
    parser.set_defaults(
        run=lambda o: import_command("results_commands").run(
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


def verbose(parser: argparse.ArgumentParser) -> None:
    """Add the option ``--verbose`` of a command that makes calls."""
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="show what the frameworks print; without it only if one does not load",
    )


def _python(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--python",
        metavar="PYTHON",
        help="run the calls in another Python: its path, or a version such as 3.7 (or later). It "
        "needs NumPy and the framework, nothing of the suite. NAME@PATH chooses one for a "
        "single NAME",
    )
    parser.add_argument(
        "--requirement",
        action="append",
        default=[],
        metavar="REQ",
        help="run the calls in an environment with REQ (scipy==1.3.0), built once and cached; "
        "may be repeated",
    )
