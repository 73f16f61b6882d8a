"""``pip install`` under the constraints file; a version that is asked for beats its pin.

tox runs this in each environment, so that ``SCIPY='==1.16.3' tox run -e scipy`` needs no edit. uv
does it where there is one beside tox or on PATH; where it cannot, pip does.
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

sys.path.insert(0, str(Path(__file__).parents[1]))

from conformance.runtime.environments import uv

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
    """Return whether the pin is of another distribution, or of a version that is wanted."""
    name, _, version = pin.partition("==")
    return normal(name) != normal(wanted.name) or version in wanted.specifier


def say(line: str) -> None:
    """Tell it to whoever runs ``tox -v``."""
    print(line, file=sys.stderr)


def install_by_uv(args: list[str], near: Path) -> bool:
    """Return whether uv installed it; if it could not, it says why in one line."""
    command = uv.install_command(Path(sys.executable), args, near, say)
    if command is None:
        return False
    done = subprocess.run(  # noqa: S603  (uv, with tox's arguments)
        command.words, env=command.variables, stderr=subprocess.PIPE, check=False
    )
    output = done.stderr.decode("utf-8", "replace")
    say(f"pip is tried: uv could not: {uv.failure_reason(output)}" if done.returncode else output)
    return done.returncode == 0


def main(args: list[str]) -> int:
    """Install what follows the path of tox's Python, and return pip's exit code."""
    near, *asked = args
    lines = remaining_pins(PINS.read_text("utf-8").splitlines(), asked)
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder, "constraints.txt")
        constraints.write_text("\n".join(lines), "utf-8")
        # Build backends are installed apart from the environment and are none of its versions.
        words = ["-c", str(constraints), *asked]
        if install_by_uv(words, Path(near)):
            return 0
        command = [sys.executable, "-I", "-m", "pip", "install", *words]
        return subprocess.call(command, env=os.environ)  # noqa: S603  (pip, with tox's arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
