"""The command line: ``python -m conformance``, also installed as ``conv2d-conformance``.

It only composes. Findings on stdout, progress on stderr. Exit 0: fine; 1: findings; 2: could not
judge (usage, nothing there, an unreadable document, interrupted).
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from backends.protocol import Unavailable
from backends.registry import UnknownBackendError
from conformance import document_options
from conformance.console import program, version
from conformance.document_options import OUTPUT
from reports.model import DocumentError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a person's mistake is one line on stderr."""
    options = _parser().parse_args(argv)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except (UnknownBackendError, Unavailable, DocumentError) as error:
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
    _run(commands_of.add_parser("run", help="run the matrix on calls and write their results"))
    document_options.merge(
        commands_of.add_parser("merge", help="put several results documents into one")
    )
    document_options.report(
        commands_of.add_parser("report", help="draw the HTML report of results documents")
    )
    document_options.gate(
        commands_of.add_parser("gate", help="tell what changed since a baseline, and fail if so")
    )
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
    parser.set_defaults(run=lambda o: _imported("probing").probe(o.names, o.python, as_json=o.json))


def _python(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--python",
        metavar="PATH",
        help="run the calls in the interpreter at PATH, which needs NumPy and their framework and "
        "nothing of the suite (Python 3.7 or later); NAME@PATH does so for one",
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
    parser.set_defaults(
        run=lambda o: _imported("commands").run(
            o.names,
            o.output,
            o.environment,
            o.layer,
            python=o.python,
            save_baseline=o.save_baseline,
        )
    )
