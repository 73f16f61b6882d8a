"""Messages for a selector that matches no backend: the known names, and what may be meant."""

from __future__ import annotations

import ast
import difflib
from pathlib import Path
from typing import Any

PATTERN = "package.module:attr or path/to/file.py:attr"


def with_article(value: Any) -> str:
    """Return the type of a value with its article: ``an int``, ``a list``, ``a uint8``."""
    name = type(value).__name__
    return ("an " if name.lower().startswith(("a", "e", "i", "o")) else "a ") + name


def unknown_backend_message(selector: str, names: list[str]) -> str:
    """Return one line for a selector that matches nothing."""
    if selector.endswith(".py"):
        return missing_attribute_message(selector)
    begun = [name for name in names if name.startswith(selector)]
    near = difflib.get_close_matches(selector, names + sorted(_prefixes(names)), n=1)
    close = begun or near
    hint = f"; did you mean {close[0]!r}?" if close else "."
    return f"unknown backend {selector!r}{hint} There are: {', '.join(names)}; or give {PATTERN}"


def missing_attribute_message(path: str) -> str:
    """Return one line for a file alone: which of its functions and classes may be meant."""
    if not Path(path).is_file():
        return f"backend {path!r}: there is no file {path}"
    return (
        f"backend {path!r} names a file alone; say which function or class: {callable_paths(path)}"
    )


def callable_paths(path: str) -> str:
    """Return ``file.py:attr`` for each candidate in a file, or for the function it should have."""
    return " or ".join(f"{path}:{attr}" for attr in _in_file(path) or ["conv2d"])


def _in_file(path: str) -> list[str]:
    """Find functions of three arguments, and classes with a ``conv2d``; the file is not run."""
    try:
        body = ast.parse(Path(path).read_text(encoding="utf-8")).body
    except (SyntaxError, ValueError, OSError):
        return []
    found = [name for name in map(_called, body) if name and not name.startswith("_")]
    return sorted(found, key=lambda name: name != "conv2d")


def _called(node: ast.AST) -> str:
    """Return the name of a node that can be called with an image, a kernel and a padding."""
    if isinstance(node, ast.FunctionDef) and len(node.args.args) == 3:
        return node.name
    if isinstance(node, ast.ClassDef) and "conv2d" in {getattr(n, "name", "") for n in node.body}:
        return node.name
    return ""


def _prefixes(names: list[str]) -> set[str]:
    return {name.split(".")[0] for name in names}
