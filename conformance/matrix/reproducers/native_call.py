"""The native call of a script: the framework's own call, or the adapter under test."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

from conv2d_conformance.matrix.reproducers.carried_adapter import CarriedAdapter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.matrix.reproducers.about import About
    from conv2d_conformance.matrix.reproducers.evidence import Evidence


def needs_adapter(found: Evidence, snippet: str) -> bool:
    """Return whether the script calls through the adapter: a snippet serves planes only."""
    return found.stored or not snippet


def native_call(found: Evidence, about: About) -> str:
    """Return the text of ``native`` and of what it needs in addition to the script's pieces."""
    if not needs_adapter(found, about.snippet):
        return _function("native(img, k, padding)", "The call under test.", about.snippet, "y")
    return "".join(_through_adapter(found, about))


def _through_adapter(found: Evidence, about: About) -> Iterator[str]:
    yield f"LAYOUT = {found.layout!r}\n"
    if isinstance(about.adapter, CarriedAdapter):
        yield f"MODULE, ATTR = {about.adapter.module!r}, {about.adapter.attr!r}\n"
    else:
        yield _function("load_adapter()", "Import what makes the call.", about.adapter, "found")
    lines = "\n".join(_calls(found, isinstance(about.adapter, CarriedAdapter)))
    yield _function("native(img, k, padding)", "The call under test.", lines, _result(found))


def _calls(found: Evidence, carried: bool) -> Iterator[str]:
    keywords = "".join(f", {name}={value!r}" for name, value in found.options.items())
    operands = {part.operand for part in found.parts}
    name = found.operation
    yield "found = adapter()" + "  # its source ends this file" * carried
    if "" in operands:
        # The user may name a bare function.
        method = f"found.{name}" if carried else f"getattr(found, {name!r}, found)"
        yield f"y = {method}(img, k, padding{keywords})"
    if operands != {""}:
        yield f"by_img, by_k = found.gradients(img, k, padding, cotangent{keywords})"


def _result(found: Evidence) -> str:
    """Return what ``native`` returns: the array, or all stored arrays by their suffix."""
    if not found.stored:
        return "y"
    names = {"": "y", "img": "by_img", "k": "by_k"}
    return "{" + ", ".join(f'"{p.tail}": {names[p.operand]}' for p in found.parts) + "}"


def _function(signature: str, docstring: str, lines: str, result: str) -> str:
    body = indent(lines.strip("\n"), "    ")
    return f'\n\ndef {signature}:\n    """{docstring}"""\n{body}\n    return {result}\n'
