"""``pip install`` under the constraints file; a version that is asked for beats its pin.

tox runs this in each environment, so that ``SCIPY='==1.16.3' tox run -e scipy`` needs no edit.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# pip is all that a new environment holds.
from pip._vendor.packaging.requirements import Requirement

PINS = Path(__file__).with_name("constraints.txt")
REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\s*(\[[^]]*\])?\s*[=<>!~]")


def normal(name: str) -> str:
    """Distribution name as pip compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def remaining_pins(pins: list[str], asked: list[str]) -> list[str]:
    """The pins that what was asked leaves room for."""
    wanted = [Requirement(word) for word in asked if REQUIREMENT.match(word)]
    return [pin for pin in pins if all(meets(pin, requirement) for requirement in wanted)]


def meets(pin: str, wanted: Requirement) -> bool:
    """Whether the pin is of another distribution, or of a version that is wanted."""
    name, _, version = pin.partition("==")
    return normal(name) != normal(wanted.name) or version in wanted.specifier


def main(args: list[str]) -> int:
    """Install, and return pip's exit code."""
    lines = remaining_pins(PINS.read_text("utf-8").splitlines(), args)
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder, "constraints.txt")
        constraints.write_text("\n".join(lines), "utf-8")
        # Build backends are installed apart from the environment and are none of its versions.
        command = [sys.executable, "-I", "-m", "pip", "install", "-c", str(constraints), *args]
        return subprocess.call(command, env=os.environ)  # noqa: S603  (pip, with tox's arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
