"""Renews the tables of modules in the rooms' READMEs: ``python -m tests.helpers.module_tables``.

A table stands between two markers, and takes its words from the first line of each docstring.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ROOMS = ("backends", "conformance", "reports", "tests")
BEGIN = "<!-- modules: made by python -m tests.helpers.module_tables -->\n"
END = "<!-- end of modules -->\n"


def main() -> None:
    """Write every table anew."""
    for room in ROOMS:
        path = ROOT / room / "README.md"
        path.write_text(renewed(room, path.read_text("utf-8")), "utf-8", newline="\n")


def renewed(room: str, text: str) -> str:
    """The README of a room with the table that its folder gives."""
    head, found, rest = text.partition(BEGIN)
    if not found or END not in rest:
        msg = f"{room}/README.md: needs the two markers of the table of modules"
        raise ValueError(msg)
    return f"{head}{BEGIN}\n{''.join(table(ROOT / room))}\n{END}{rest.partition(END)[2]}"


def table(room: Path) -> Iterator[str]:
    """The lines of the table of one room, in which a sub-room is headed by what it is for."""
    yield "| module | is |\n|---|---|\n"
    for path in sorted(modules(room), key=lambda path: (path.parent, path.name)):
        if path.name == "__init__.py":
            if path.parent != room:
                yield f"| **`{path.parent.relative_to(room)}/`** | **{summary(path)}** |\n"
        else:
            yield f"| `{path.relative_to(room)}` | {summary(path)} |\n"


def modules(room: Path) -> Iterator[Path]:
    """The modules of a room; of the tests only what is no test, for a test's name says it all."""
    for path in room.rglob("*.py"):
        shown = room.name != "tests" or not path.name.startswith("test_")
        if shown and (path.name != "__init__.py" or summary(path)) and "examples" not in path.parts:
            yield path


def summary(path: Path) -> str:
    """The first paragraph of a module's docstring, as one line of Markdown."""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    line = " ".join(text.partition("\n\n")[0].split()).replace("|", "\\|")
    return re.sub(r"``(.+?)``", r"`\1`", line)


if __name__ == "__main__":
    main()
