"""Writes a snippet as a user would: for arrays of other names, and with the padding as a word."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class NativeCall:
    """A native call in two parts, each a list of lines: what it imports and sets, and the rest."""

    imports: list[str]
    lines: list[str]


@cache
def write_snippet(snippet: str, img: str, k: str, padding: str) -> NativeCall:
    """Return the snippet for one padding, on arrays of the names ``img`` and ``k``.

    A snippet that binds one of the three names itself stays unchanged, after a line that sets them.
    """
    values = {"img": img, "k": k, "padding": f'"{padding}"'}
    tree = ast.parse(snippet)
    given = [] if _can_rename(tree, values) else [f"img, k, padding = {', '.join(values.values())}"]
    lines = snippet.splitlines() if given else _renamed(snippet, tree, values)
    first = next(_first_lines_of_call(tree), len(lines) + 1) - 1
    imports = "\n".join(lines[:first]).strip("\n")
    return NativeCall(imports.splitlines(), [*given, *lines[first:]])


def _first_lines_of_call(tree: ast.Module) -> Iterator[int]:
    """Find the lines of statements that neither import nor set something of the framework."""
    settings = ast.Import | ast.ImportFrom | ast.Expr
    yield from (each.lineno for each in tree.body if not isinstance(each, settings))


def _can_rename(tree: ast.Module, values: Mapping[str, str]) -> bool:
    """Return whether nothing binds the names, and none is in an f-string, which has no position."""
    bound = {
        getattr(node, "id", getattr(node, "arg", getattr(node, "asname", None)))
        for node in ast.walk(tree)
        if isinstance(node, ast.arg | ast.alias)
        or isinstance(getattr(node, "ctx", None), ast.Store)
    }
    formatted = any(isinstance(node, ast.JoinedStr) for node in ast.walk(tree))
    return not formatted and not bound & values.keys()


def _renamed(snippet: str, tree: ast.Module, values: Mapping[str, str]) -> list[str]:
    lines = [line.encode() for line in snippet.splitlines()]  # positions count bytes
    names = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id in values]
    for name in sorted(names, key=lambda n: (n.lineno, n.col_offset), reverse=True):
        line = lines[name.lineno - 1]
        rest = line[name.end_col_offset :]
        lines[name.lineno - 1] = line[: name.col_offset] + values[name.id].encode() + rest
    return [line.decode() for line in lines]
