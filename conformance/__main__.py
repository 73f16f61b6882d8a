"""Runs the command line: ``python -m conv2d_conformance``, and the installed script."""

from __future__ import annotations

import sys


def main() -> int:
    """Run one command and return its exit code, also if it is interrupted while it is imported."""
    try:
        from conv2d_conformance.cli.main import main as run

        return run()
    except KeyboardInterrupt:
        sys.stderr.write("conformance: interrupted\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
