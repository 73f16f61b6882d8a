"""The matrix as its user runs it: ``pytest conformance`` in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def command(*args: object) -> list[str]:
    options = ["-q", "--no-header", "--tb=short", "-p", "no:cacheprovider"]
    return [sys.executable, "-m", "pytest", "conformance", *options, *map(str, args)]


def matrix(*args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*args), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def only_line(done: subprocess.CompletedProcess[str]) -> str:
    """All that was printed, if it was one line and nothing ran."""
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    assert done.returncode not in (0, 1), said
    assert len(said) == 1, said
    return said[0]
