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

PINS = Path(__file__).with_name("constraints.txt")
REQUIREMENT = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^]]*\])?\s*([=<>!~].*)")


def normal(name: str) -> str:
    """Distribution name as pip compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def kept(pins: list[str], asked: list[str]) -> list[str]:
    """The pins of every distribution for which no version was asked."""
    chosen = {normal(m.group(1)) for word in asked if (m := REQUIREMENT.match(word))}
    return [pin for pin in pins if normal(pin.partition("==")[0]) not in chosen]


def main(args: list[str]) -> int:
    """Install, and return pip's exit code."""
    lines = kept(PINS.read_text("utf-8").splitlines(), args)
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder, "constraints.txt")
        constraints.write_text("\n".join(lines), "utf-8")
        # Build backends are installed apart from the environment and are none of its versions.
        command = [sys.executable, "-I", "-m", "pip", "install", "-c", str(constraints), *args]
        return subprocess.call(command, env=os.environ)  # noqa: S603  (pip, with tox's arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
