"""Specialises an adapter's snippet to one padding, as a user would write it.

`backends.protocol.Spec.snippet` serves every padding and dtype. For one padding, and for dtypes
that are NumPy's own, its branches fall away, and with them the names that only they need.
"""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from conv2d_conformance.translation.fold_ast import Calls, Fold

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 100
GIVEN = ("img", "k", "padding")


@dataclass(frozen=True)
class NativeCall:
    """A native call in two parts, each a list of lines: what it imports and sets, and the rest."""

    imports: list[str]
    lines: list[str]


@cache
def specialise(snippet: str, img: str, k: str, padding: str) -> NativeCall:
    """The snippet for one padding, on arrays of the names ``img`` and ``k``.

    A snippet that rebinds one of the three names stays unchanged, after a line that sets them.
    """
    tree = ast.parse(snippet)
    if _bound(tree).keys() & set(GIVEN):
        given = f"img, k, padding = {img}, {k}, {padding!r}"
        return _split(ast.parse(f"{given}\n{snippet}"))
    values = {
        "img": ast.Name(img, ast.Load()),
        "k": ast.Name(k, ast.Load()),
        "padding": ast.Constant(padding),
    }
    before = ""
    tree = Fold(values).visit(tree)
    while before != (before := ast.unparse(tree)):
        tree = _inlined(_without_unused(tree))
    return _split(tree)


def _inlined(tree: ast.Module) -> ast.Module:
    """With one name fewer, if one stands for a name, a word or a single expression."""
    times = _bound(tree)
    fixed = {name for name in (*times, *_read(tree)) if times[name] <= 1}
    for statement in tree.body:
        match statement:
            case ast.Assign([ast.Name(name)], ast.Constant() | ast.Name() | ast.Attribute()):
                if name != "y" and {name, *_read(statement.value)} <= fixed:
                    tree.body.remove(statement)
                    return _visited(Fold({name: statement.value}), tree)
            case ast.FunctionDef(body=[ast.Return(ast.expr() as value)]) if (
                statement.name in fixed and _plain(statement, tree)
            ):
                tree.body.remove(statement)
                return _visited(Calls(statement, value), tree)
    return tree


def _plain(function: ast.FunctionDef, tree: ast.Module) -> bool:
    """Return whether a function has one argument, and each mention of it is a call with one."""
    calls = sum(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == function.name
        and (len(node.args), len(node.keywords)) == (1, 0)
        for node in ast.walk(tree)
    )
    mentions = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == function.name]
    return ast.unparse(function.args).isidentifier() and calls == len(mentions)


def _visited(transformer: ast.NodeTransformer, tree: ast.Module) -> ast.Module:
    changed: ast.Module = transformer.visit(tree)
    return changed


def _without_unused(tree: ast.Module) -> ast.Module:
    """Without names that nothing reads, where making them calls nothing."""
    read = _read(tree)
    tree.body = [s for s in tree.body if not _unused(s, read | {"y"})]
    return tree


def _read(tree: ast.AST) -> set[str]:
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return {node.id for node in names if isinstance(node.ctx, ast.Load)}


def _unused(statement: ast.stmt, read: Iterable[str]) -> bool:
    match statement:
        case ast.Assign([ast.Name(name)], value) if name not in read:
            return not any(isinstance(node, ast.Call) for node in ast.walk(value))
    return False


def _bound(tree: ast.Module) -> Counter[str]:
    """Count how often each name is assigned."""
    names: Counter[str] = Counter()
    for node in ast.walk(tree):
        match node:
            case ast.Name(name, ast.Store()) | ast.FunctionDef(name=name) | ast.arg(name):
                names[name] += 1
            case ast.alias(name, asname):
                names[(asname or name).split(".")[0]] += 1
    return names


def _split(tree: ast.Module) -> NativeCall:
    imports: list[str] = []
    lines: list[str] = []
    for statement in tree.body:
        configures = isinstance(statement, ast.Expr) and not lines
        imported = isinstance(statement, ast.Import | ast.ImportFrom)
        into = imports if imported or configures else lines
        into += map(_quoted, _written(statement).splitlines())
    return NativeCall(imports, lines)


def _written(statement: ast.stmt) -> str:
    """A statement's text; the arguments of a long call stand on a line of their own."""
    text = ast.unparse(statement)
    match statement:
        case ast.Assign([target], ast.Call(function, args, keywords)) if len(text) > WIDTH:
            arguments = ", ".join(map(ast.unparse, (*args, *keywords)))
            return f"{ast.unparse(target)} = {ast.unparse(function)}(\n    {arguments}\n)"
    return text


def _quoted(line: str) -> str:
    """With double quotes, as most code has them."""
    return line if {'"', "\\"} & set(line) else line.replace("'", '"')
