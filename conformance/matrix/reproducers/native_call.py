"""The native call of a script: the framework's own call, or the adapter under test."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends.protocol import choose_snippet
from conv2d_conformance.matrix.reproducers.carried_adapter import CarriedAdapter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.backends.protocol import Snippet, Spec
    from conv2d_conformance.matrix.reproducers.about import About
    from conv2d_conformance.matrix.reproducers.evidence import Evidence


# What a snippet of a layer names, unless the call has other options.
DEFAULTS: dict[str, Any] = {"stride": (1, 1), "dilation": (1, 1), "groups": 1}


def native_snippet(found: Evidence, spec: Spec) -> str:
    """Return the framework's own call, as the adapter declares it; empty if it declares none."""
    dtype = found.operands["img"].values.dtype.name
    if not found.stored:
        return "" if found.of_layer else choose_snippet(spec.snippet, found.padding, dtype)
    texts = [
        choose_snippet(snippet, found.padding, dtype)
        for snippet, wanted in _snippets_of_layers(found, spec)
        if wanted
    ]
    return "".join(texts) if all(texts) and _speaks_of(found, spec) else ""


def _snippets_of_layers(found: Evidence, spec: Spec) -> Iterator[tuple[Snippet, bool]]:
    operands = {part.operand for part in found.parts}
    yield spec.gradient_snippet, operands != {""}
    yield spec.layer_snippet, "" in operands


def _speaks_of(found: Evidence, spec: Spec) -> bool:
    """Return whether the snippets hold for a layer: in the first layout, with steps in pairs."""
    steps = (found.options.get(word, (1, 1)) for word in ("stride", "dilation"))
    pairs = all(isinstance(step, tuple) for step in steps)
    return pairs and found.layout in ("", *spec.layouts[:1])


def native_call(found: Evidence, about: About) -> str:
    """Return the text of ``native`` and of what it needs in addition to the script's pieces."""
    if not about.snippet:
        return "".join(_through_adapter(found, about))
    result = _result(found, "[0, 0]" if _are_planes(found) else "")
    call = _function("native(img, k, padding)", "The call under test.", about.snippet, result)
    return "".join(_options(found, about.snippet)) + call


def _options(found: Evidence, snippet: str) -> Iterator[str]:
    """Set the names that the snippet of a layer has, and import what it imports."""
    if not found.stored:
        return
    more = {"output_padding": None} if "output_padding" in snippet else {}
    for name, value in {**DEFAULTS, **more, **found.options}.items():
        yield f"{name} = {value!r}\n"
    if _are_planes(found):
        yield "# A plane is a layer of one image and one channel.\n"
        names = found.operands
        yield f"{', '.join(names)} = {', '.join(f'{name}[None, None]' for name in names)}\n"
    lines = snippet.splitlines()
    last = max(n for n, line in enumerate(lines, 1) if line.startswith(("import ", "from ")))
    yield _function("prepare()", "Import what the call needs.", "\n".join(lines[:last]))


def _through_adapter(found: Evidence, about: About) -> Iterator[str]:
    yield f"LAYOUT = {found.layout!r}\n"
    if isinstance(about.adapter, CarriedAdapter):
        yield f"MODULE, ATTR = {about.adapter.module!r}, {about.adapter.attr!r}\n"
    else:
        yield _function("load_adapter()", "Import what makes the call.", about.adapter, "found")
    lines = "\n".join(_calls(found, isinstance(about.adapter, CarriedAdapter)))
    yield _function("native(img, k, padding)", "The call under test.", lines, _result(found))
    if found.stored:
        yield _function("prepare()", "Make the adapter.", "adapter()")


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


def _are_planes(found: Evidence) -> bool:
    return found.stored and found.operands["img"].values.ndim == 2


def _result(found: Evidence, of_plane: str = "") -> str:
    """Return what ``native`` returns: the array, or all stored arrays by their suffix."""
    if not found.stored:
        return "y"
    names = {"": "y", "img": "by_img", "k": "by_k"}
    return "{" + ", ".join(f'"{p.tail}": {names[p.operand]}{of_plane}' for p in found.parts) + "}"


def _function(signature: str, docstring: str, lines: str, result: str = "") -> str:
    body = indent("\n".join([lines.strip("\n"), *([f"return {result}"] if result else [])]), "    ")
    return f'\n\ndef {signature}:\n    """{docstring}"""\n{body}\n'
