"""pip's ``install`` by uv: many times faster, with pip's configuration.

uv does not read pip's configuration, so each setting is translated to uv's own. If a setting has
no equivalent, there is no command, and pip does the work. This module imports the standard
library only, because ``.ci/install.py`` runs it before anything else is installed.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

# Passed as variables: an address may hold a password, and command lines are logged.
VARIABLES = {
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "extra-index-url": "UV_EXTRA_INDEX_URL",
    "find-links": "UV_FIND_LINKS",
    "index-url": "UV_DEFAULT_INDEX",
    "retries": "UV_HTTP_RETRIES",
    "timeout": "UV_HTTP_TIMEOUT",
    "trusted-host": "UV_INSECURE_HOST",
}
# What stands between the items of a variable that is a list.
LISTS = {"extra-index-url": " ", "find-links": ",", "trusted-host": " "}
FLAGS = {"constraint": "-c", "no-binary": "--no-binary", "only-binary": "--only-binary"}
SWITCHES = {"no-cache-dir": "--no-cache", "no-index": "--no-index", "pre": "--prerelease=allow"}
# Settings that do not change what is installed.
IGNORED = {
    "break-system-packages",
    "cache-dir",
    "config-file",
    "disable-pip-version-check",
    "exists-action",
    "log",
    "no-color",
    "no-input",
    "no-python-version-warning",
    "no-warn-script-location",
    "progress-bar",
    "quiet",
    "require-virtualenv",
    "root-user-action",
    "user",  # no environment takes it; tox sets it to 0
    "verbose",
}
# Of uv's own configuration only the folders: pip's configuration decides what is installed.
OWN = ("UV_CACHE_DIR", "UV_LINK_MODE")
# pip takes the best version that any index has, and trusts what the system trusts.
ALIKE = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_NO_CONFIG": "1", "UV_SYSTEM_CERTS": "1"}
SECTIONS = ("global", "install", ":env:")  # the last one that has a setting counts
LONGEST = 300


@dataclass(frozen=True)
class Command:
    """A command line, to run with only these environment variables."""

    words: list[str]
    variables: dict[str, str]


def install_command(
    python: Path, wanted: Sequence[str], near: Path, say: Callable[[str], None]
) -> Command | None:
    """Return uv's command for ``python -m pip install wanted``, or None where pip must do it.

    uv is searched next to the Python ``near``, then on PATH.
    """
    uv = find(near)
    settings = pip_settings(python) if uv else None
    if uv is None or settings is None:
        return None
    if untold := settings.keys() - VARIABLES.keys() - FLAGS.keys() - SWITCHES.keys() - IGNORED:
        say(f"pip installs, for uv cannot be told what pip is configured with: {sorted(untold)}")
        return None
    if "://" in settings.get("constraint", ""):
        say("pip installs: its constraints have an address, which may hold a password")
        return None
    words = [
        uv,
        "pip",
        "install",
        "--python",
        str(python),
        *compile_flags(),
        *flags(settings),
        *wanted,
    ]
    own = {name: text for name, text in os.environ.items() if name[:3] != "UV_" or name in OWN}
    return Command(words, {**own, **ALIKE, **variables(settings)})


def find(near: Path) -> str | None:
    """Return the path of uv."""
    return shutil.which("uv", path=os.pathsep.join((str(near.parent), os.environ.get("PATH", ""))))


def pip_settings(python: Path) -> dict[str, str] | None:
    """Return the settings of a Python's pip for ``install``, or None if pip cannot list them."""
    command = [str(python), "-I", "-m", "pip", "config", "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return None if done.returncode else parse_settings(done.stdout.splitlines())


def parse_settings(lines: Sequence[str]) -> dict[str, str]:
    """Parse the lines of ``pip config list`` that affect ``install``; pip ignores empty ones."""
    found = [re.match(r"(global|install|:env:)\.([\w-]+)=(.+)", line) for line in lines]
    rows = [(m[1], m[2], str(ast.literal_eval(m[3])).strip()) for m in found if m]
    rows.sort(key=lambda row: SECTIONS.index(row[0]))
    return {name: text for _, name, text in rows if text}


def compile_flags() -> list[str]:
    """Compile, as pip does, only if imports do not: an import compiles what it needs, once."""
    return ["--compile-bytecode"] if os.environ.get("PYTHONDONTWRITEBYTECODE") else []


def flags(settings: Mapping[str, str]) -> list[str]:
    """Return the settings that uv takes on its command line only."""
    on = ("1", "on", "t", "true", "y", "yes")
    switched = [flag for name, flag in SWITCHES.items() if settings.get(name, "").lower() in on]
    listed = ((flag, settings.get(name, "").split()) for name, flag in FLAGS.items())
    return switched + [word for flag, texts in listed for text in texts for word in (flag, text)]


def variables(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that uv takes as variables; certificates as pip's requests takes them."""
    chosen = {"cert": os.environ.get("REQUESTS_CA_BUNDLE", ""), **settings}
    for name, between in LISTS.items():
        chosen[name] = between.join(chosen.get(name, "").split())
    return {VARIABLES[name]: text for name, text in chosen.items() if name in VARIABLES and text}


def failure_reason(output: str) -> str:
    """Return uv's error in one line."""
    words = re.sub(r"[×╰─▶│├]", " ", output).split()
    line = " ".join(words)
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
