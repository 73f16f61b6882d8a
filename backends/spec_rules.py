"""Checks a declaration: a word that nobody knows would leave a call half judged, and silently.

Runs unchanged on Python 3.7, because a worker process imports it too.
"""

from __future__ import annotations

import difflib
import inspect
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Iterator

if TYPE_CHECKING:
    from typing import Mapping, Sequence

# The methods of an adapter that its declaration promises, by the field that does so.
PROMISED = {"differentiates": "gradients", "fuses": "fused", "fuses_constants": "fused_constants"}


class SpecError(ValueError):
    """A declaration that cannot be judged; the message is one line."""


def check_fields(spec: Any, words: Mapping[str, Sequence[str]]) -> None:
    """Raise unless each field of a `Spec` has its type, and its words if it has a list of words.

    Raises
    ------
    SpecError
        Naming the field, what it has and what it may have.
    """
    for field in fields(spec):
        value = getattr(spec, field.name)
        problem = _problem(str(field.type), value, words.get(field.name, ()))
        if problem:
            msg = f"Spec.{field.name} {problem}"
            raise SpecError(msg)


def check_refuses(refuses: Sequence[Sequence[str]], words: Sequence[str]) -> None:
    """Raise unless every combination that a call refuses is a tuple of known words.

    Raises
    ------
    SpecError
        Naming what is wrong.
    """
    for each in refuses:
        problem = _problem("tuple", each, words)
        if problem:
            msg = f"Spec.refuses is a tuple of tuples; one of them {problem}"
            raise SpecError(msg)


def check_adapter(adapter: Any) -> None:
    """Raise unless an adapter has the methods, and can be made in the layouts, that it declares.

    Raises
    ------
    SpecError
        Naming what it lacks.
    """
    for field, method in _promised(adapter.spec):
        if not callable(getattr(adapter, method, None)):
            msg = f"Spec.{field} promises a method {method!r}; the adapter has none"
            raise SpecError(msg)
    # The first is the adapter's own.
    if adapter.spec.layouts[1:] and not _takes_layout(type(adapter)):
        made = f"{type(adapter).__name__}(layout={adapter.spec.layouts[1]!r})"
        msg = f"Spec.layouts promises that {made} makes an adapter; it takes no layout"
        raise SpecError(msg)


def _takes_layout(made: Any) -> bool:
    try:
        inspect.signature(made).bind(layout="")
    except (TypeError, ValueError):
        return False
    return True


def _promised(spec: Any) -> Iterator[tuple[str, str]]:
    yield "operation", spec.operation
    for field, method in PROMISED.items():
        if getattr(spec, field):
            yield field, method


def _problem(kind: str, value: Any, words: Sequence[str]) -> str:
    """Return what is wrong with a value, by its type as the class writes it; empty if nothing."""
    if value is None and kind.endswith("| None"):
        return ""
    if kind == "bool":
        return "" if isinstance(value, bool) else f"is {value!r}; give True or False"
    if kind.startswith("tuple[tuple"):
        return ""  # `check_refuses` knows the words
    if not kind.startswith("tuple"):
        return _word_problem(value, words) if kind == "str" or words else ""
    if not isinstance(value, (tuple, list)):
        written = f"({value!r},)" if isinstance(value, str) else "('…',)"
        return f"is {value!r}; give a tuple, as {written}"
    return next(filter(None, (_word_problem(each, words) for each in value)), "")


def _word_problem(value: Any, words: Sequence[str]) -> str:
    if words and value not in words:
        near = difflib.get_close_matches(str(value), words, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; it may have {', '.join(words)}"
        return f"has {value!r}{hint}"
    return "" if isinstance(value, str) else f"has {value!r}; give text"
