"""Simplifies Python code: puts in known values, and drops branches that are not taken."""

from __future__ import annotations

import ast
from copy import deepcopy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# What NumPy does not have by itself, and its arrays therefore never are.
NOT_NUMPYS = "bfloat16"


class Fold(ast.NodeTransformer):
    """Replaces names by values, and evaluates the tests that this decides."""

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
        found = (v for k, v in entries if isinstance(k, ast.Constant) and k.value == wanted)
        return next(found, node)


class Calls(ast.NodeTransformer):
    """Writes out the calls of a function of one argument that returns one expression."""

    def __init__(self, function: ast.FunctionDef, returned: ast.expr) -> None:
        self._name, self._argument = function.name, function.args.args[0].arg
        self._returned = returned

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """The expression on the call's argument."""
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name) or node.func.id != self._name:
            return node
        written: ast.expr = Fold({self._argument: node.args[0]}).visit(deepcopy(self._returned))
        return written
