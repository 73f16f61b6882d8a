"""An adapter's snippet for one padding, as a user would write it.

`backends.protocol.Spec.snippet` serves every padding and dtype. For one padding, and for dtypes
that are NumPy's own, its branches fall away, and with them the names that only they need.
"""

from __future__ import annotations

import ast
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

GIVEN = ("img", "k", "padding")
# What NumPy does not have by itself, and its arrays therefore never are.
NOT_NUMPYS = "bfloat16"


@dataclass(frozen=True)
class Native:
    """A native call in two parts, each a list of lines: what it imports, and the rest."""

    imports: list[str]
    lines: list[str]


@cache
def specialise(snippet: str, img: str, k: str, padding: str) -> Native:
    """The snippet for one padding, on arrays of the names ``img`` and ``k``.

    A snippet that binds one of the three names anew is left as it is, behind a line that sets them.
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
    tree = _Fold(values).visit(tree)
    while before != (before := ast.unparse(tree)):
        tree = _inlined(_without_unused(tree))
    return _split(tree)


class _Fold(ast.NodeTransformer):
    """Puts values in place of names, and decides what is then decided."""

    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A given value, or the name."""
        found = self._values.get(node.id)
        return deepcopy(found) if found and isinstance(node.ctx, ast.Load) else node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """Words that are equal or not; the dtype that is not NumPy's."""
        self.generic_visit(node)
        left, right = node.left, node.comparators[0]
        if len(node.ops) > 1 or not isinstance(node.ops[0], ast.Eq | ast.Is):
            return node
        if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
            return ast.Constant(left.value == right.value)
        named = getattr(right, "value", None), getattr(right, "attr", None)
        return ast.Constant(value=False) if NOT_NUMPYS in named else node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        """The branch that is taken."""
        self.generic_visit(node)
        if not isinstance(node.test, ast.Constant):
            return node
        return node.body if node.test.value else node.orelse

    def visit_If(self, node: ast.If) -> ast.If | list[ast.stmt]:
        """The statements of the branch that is taken."""
        self.generic_visit(node)
        if not isinstance(node.test, ast.Constant):
            return node
        return node.body if node.test.value else node.orelse

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """``"same".upper()``, worked out."""
        self.generic_visit(node)
        of = node.func.value if isinstance(node.func, ast.Attribute) else None
        if isinstance(of, ast.Constant) and ast.unparse(node).endswith(".upper()"):
            return ast.Constant(str(of.value).upper())
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """The entry of a table."""
        self.generic_visit(node)
        if not isinstance(node.value, ast.Dict) or not isinstance(node.slice, ast.Constant):
            return node
        entries = zip(node.value.keys, node.value.values, strict=True)
        wanted = node.slice.value
        return next(v for k, v in entries if isinstance(k, ast.Constant) and k.value == wanted)


class _Calls(ast.NodeTransformer):
    """Writes out the calls of a function of one argument that returns one expression."""

    def __init__(self, function: ast.FunctionDef, returned: ast.expr) -> None:
        self._name, self._argument = function.name, function.args.args[0].arg
        self._returned = returned

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """The expression on the call's argument."""
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name) or node.func.id != self._name:
            return node
        written: ast.expr = _Fold({self._argument: node.args[0]}).visit(deepcopy(self._returned))
        return written


def _inlined(tree: ast.Module) -> ast.Module:
    """With one name fewer, if one stands for a name, a word or a single expression."""
    times = _bound(tree)
    fixed = {name for name in (*times, *_read(tree)) if times[name] <= 1}
    for statement in tree.body:
        match statement:
            case ast.Assign([ast.Name(name)], ast.Constant() | ast.Name() | ast.Attribute()):
                if name != "y" and {name, *_read(statement.value)} <= fixed:
                    tree.body.remove(statement)
                    return _visited(_Fold({name: statement.value}), tree)
            case ast.FunctionDef(body=[ast.Return(ast.expr() as value)]) if (
                statement.name in fixed and len(statement.args.args) == 1
            ):
                tree.body.remove(statement)
                return _visited(_Calls(statement, value), tree)
    return tree


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
    """How often each name is given a value."""
    names: Counter[str] = Counter()
    for node in ast.walk(tree):
        match node:
            case ast.Name(name, ast.Store()) | ast.FunctionDef(name=name) | ast.arg(name):
                names[name] += 1
            case ast.alias(name, asname):
                names[(asname or name).split(".")[0]] += 1
    return names


def _split(tree: ast.Module) -> Native:
    imports: list[str] = []
    lines: list[str] = []
    for statement in tree.body:
        into = imports if isinstance(statement, ast.Import | ast.ImportFrom) else lines
        into += map(_quoted, ast.unparse(statement).splitlines())
    return Native(imports, lines)


def _quoted(line: str) -> str:
    """With double quotes, as most code has them."""
    return line if {'"', "\\"} & set(line) else line.replace("'", '"')
