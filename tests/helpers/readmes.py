"""What the READMEs name: files, modules, headings; and whether those exist."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.helpers.module_tables import BEGIN, END

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
READMES = (
    "README.md",
    "CONTRIBUTING.md",
    "backends/README.md",
    "backends/examples/README.md",
    "conformance/README.md",
    "reports/README.md",
    "tests/README.md",
)
# What a reader has, or a run makes.
ELSEWHERE = re.compile(
    r"path/to/|old/|new/|reports/output|\.venv/|failures|\.github/workflows/$|mine\.npy|my_"
)
MADE_BY_A_RUN = {
    "image.npy", "kernel.npy", "mine.npy", "report.html", "before.json", "after.json",
    "acknowledgements.toml",
}  # fmt: skip
PATH = re.compile(
    r"(?<![\w@/])((?:[\w.*-]+/)+[\w.*-]*|[\w*-]+\.(?:py|md|toml|json|svg|png|ini|yml|yaml))$"
)
MODULE = re.compile(r"\b((?:conv2d_conformance|tests)(?:\.\w+)+)")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def text_of(readme: str) -> str:
    """The text of a README."""
    return (ROOT / readme).read_text("utf-8")


def quoted(text: str) -> Iterator[str]:
    """What stands between backticks in running text."""
    for part in re.split(r"^```.*?^```$", text, flags=re.MULTILINE | re.DOTALL):
        yield from re.findall(r"`([^`\n]+)`", part)


def paths(readme: str) -> Iterator[str]:
    """The paths that a README names and that must be in the repository.

    The table of modules has a test of its own: it quotes docstrings.
    """
    head, _, rest = text_of(readme).partition(BEGIN)
    text = head + rest.partition(END)[2]
    for words in quoted(re.sub(r"^New file .+$", "", text, flags=re.MULTILINE)):
        found = PATH.match(words)
        if found and not ELSEWHERE.search(words) and words not in MADE_BY_A_RUN:
            yield found[1]


def is_there(readme: str, path: str) -> bool:
    """Whether a path exists, from the README's folder or from the root; it may be a pattern."""
    folders = (ROOT / readme).parent, ROOT
    return any(next(folder.glob(path.rstrip("/")), None) is not None for folder in folders)


def modules(readme: str) -> set[str]:
    """The modules that a README names, in text and in commands."""
    return set(MODULE.findall(text_of(readme)))


def is_importable(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        parent, _, attribute = name.rpartition(".")
        return hasattr(importlib.import_module(parent), attribute)


def links(readme: str) -> list[str]:
    """Where the links of a README go, within the repository."""
    return [link for link in LINK.findall(text_of(readme)) if "://" not in link]


def is_reached(readme: str, link: str) -> bool:
    """Whether a link leads to a file, and to a heading of it."""
    path, _, anchor = link.partition("#")
    target = (ROOT / readme).parent / path if path else ROOT / readme
    return target.exists() and (not anchor or anchor in anchors(target.read_text("utf-8")))


def anchors(text: str) -> set[str]:
    """The anchors of a file's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
