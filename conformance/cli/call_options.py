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
    parser.add_argument("--json", action="store_true", help="print a list for a program")
    parser.set_defaults(run=lambda o: import_command("results_commands").backends(as_json=o.json))


def probe(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``probe``."""
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
        run=lambda o: import_command("probe").probe(
            o.names, o.python, as_json=o.json, requirements=o.requirement
        )
    )


def explain(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``explain``."""
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
        run=lambda o: import_command("explain").explain(
            (o.A, o.B), o.python, o.requirement, padding=o.padding, kernel=o.kernel, as_json=o.json
        )
    )


def run(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``run``."""
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
