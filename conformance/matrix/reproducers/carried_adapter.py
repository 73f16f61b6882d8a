"""The source of a shipped adapter, for a script that runs where this project is not installed."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from conv2d_conformance import backends
from conv2d_conformance.backends import registry
from conv2d_conformance.backends.import_code import import_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = "conv2d_conformance.backends"
ROOT = Path(backends.__path__[0])


@dataclass(frozen=True)
class CarriedAdapter:
    """An adapter class by module and name, with the source of every module that it needs.

    Each module comes after those that it imports.
    """

    module: str
    attr: str
    sources: dict[str, str]

    def text(self) -> str:
        """Return the end of a script, which `templates/carried.py` reads."""
        made = "".join(f"    {name!r}: {_literal(text)},\n" for name, text in self.sources.items())
        comment = "# What `load_adapter` reads: the adapter and what it imports."
        return f"\n\n{comment}\nSOURCES = {{\n{made}}}\n"


def carry(module: str, attr: str, root: Path = ROOT) -> CarriedAdapter:
    """Collect the modules that an adapter of the package imports; ``root`` is its folder."""
    sources: dict[str, str] = {}
    seen: set[str] = set()
    # A module that a text names may import the one that names it, so it comes after.
    pending = [module]
    while pending:
        pending += _collect(pending.pop(0), root, sources, seen)
    return CarriedAdapter(module, attr, sources)


def adapter_code(name: str) -> str | CarriedAdapter:
    """Return how a script gets a backend: the source if it is shipped, otherwise an import."""
    where, _, attr = registry.registered().get(name, name).partition(":")
    return carry(where, attr) if where.startswith(registry.ADAPTERS) else import_lines(where, attr)


def _collect(module: str, root: Path, sources: dict[str, str], seen: set[str]) -> list[str]:
    """Add a module after all that it imports; return the modules that the texts name."""
    path = _path(module, root)
    if module in seen or not path.is_file():
        return []
    seen.add(module)
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    named = [name for each in _imported(tree) for name in _collect(each, root, sources, seen)]
    sources[module] = text
    return [*named, *_named(tree)]


def _path(module: str, root: Path) -> Path:
    return root.joinpath(*module.removeprefix(PACKAGE).split(".")).with_suffix(".py")


def _imported(tree: ast.AST) -> Iterator[str]:
    """Find the modules of the package that a module imports at run time, not only for types."""
    for node in _run(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """Walk over all nodes except those under ``if TYPE_CHECKING``."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and getattr(child.test, "id", "") == "TYPE_CHECKING":
            yield from (part for other in child.orelse for part in (other, *_run(other)))
        else:
            yield child
            yield from _run(child)


def _named(tree: ast.AST) -> Iterator[str]:
    """Find adapter modules that a text names: it may name the one for an older version."""
    for node in ast.walk(tree):
        value = getattr(node, "value", None) if isinstance(node, ast.Constant) else None
        if isinstance(value, str) and value.startswith(registry.ADAPTERS) and ":" in value:
            yield value.partition(":")[0]


def _literal(text: str) -> str:
    """Return ``text`` as a Python literal, line by line where that gives the same text again."""
    plain = f"r'''{text}'''"
    try:
        return plain if ast.literal_eval(plain) == text else repr(text)
    except (SyntaxError, ValueError):
        return repr(text)
