"""The command line: ``python -m conv2d_conformance``, also installed as ``conv2d-conformance``.

Findings go to stdout, progress to stderr. Exit 0: fine; 1: findings; 2: could not judge (usage,
nothing found, an unreadable document, interrupted).
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from conv2d_conformance.backends.find_adapter import UnknownBackendError
from conv2d_conformance.backends.protocol import Unavailable
from conv2d_conformance.cli import call_options, diagnose_options, document_options, gate_options
from conv2d_conformance.console import program, tolerate_any_terminal, version
from conv2d_conformance.reports.document.model import DocumentError
from conv2d_conformance.runtime.environments.find_python import CannotBuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# The help line of each command, and the function that adds its options.
COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "backends": ("list the calls that can be tested", call_options.backends),
    "probe": ("measure how calls read image and kernel", call_options.probe),
    "explain": ("show how two calls differ, with the code that bridges them", call_options.explain),
    "diagnose": ("explain how results follow from an image and a kernel", diagnose_options.add),
    "run": ("run the matrix on calls and write their results", call_options.run),
    "report": ("write the HTML report of results documents", document_options.report),
    "merge": ("merge several results documents into one", document_options.merge),
    "gate": ("report what changed since a baseline; fail on findings", gate_options.gate),
    "upgrade": ("compare two versions of a framework", gate_options.upgrade),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a usage error is one line on stderr."""
    tolerate_any_terminal()
    options = _parser().parse_args(argv)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except (UnknownBackendError, Unavailable, CannotBuildError, DocumentError) as error:
        sys.stderr.write(f"conformance {options.command}: {error}\n")
        return 2
    except KeyboardInterrupt:
        # pytest's exit code for an interrupt, so that `run` and the other commands agree.
        sys.stderr.write(f"conformance {options.command}: interrupted\n")
        return 2
    except BrokenPipeError:
        # The reader (head, less) has closed the pipe; it has read all that it needs.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program(), description=__doc__)
    parser.add_argument("--version", action="version", version=version())
    commands_of = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (purpose, add_options) in COMMANDS.items():
        add_options(commands_of.add_parser(name, help=purpose))
    return parser
