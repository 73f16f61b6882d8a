"""Says in one line where a value does not fit its type, and what was expected there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def first_problem(errors: list[ErrorDetails], value: object, where: str) -> str:
    """Return one line that names ``where`` in ``value`` the first error is, and what it is."""
    keys = _keys(errors[0], value)
    # A union has an error for each of its types.
    same = [error["msg"] for error in errors if _keys(error, value) == keys]
    got = errors[0]["input"]
    shown = "" if isinstance(got, dict | list) else f"{_one_line(repr(got), 40)}; "
    expected = " or ".join(text[:1].lower() + text[1:] for text in same)
    return f"{where}{_place(keys, where)}: {_one_line(shown + expected)}"


def _keys(error: ErrorDetails, value: Any) -> list[int | str]:
    """Return the keys that lead to an error, without the types of unions in between."""
    keys: list[int | str] = []
    steps = error["loc"]
    # The first step into a record names its type.
    if isinstance(value, dict) and steps[:1] == (value.get("kind"),):
        steps = steps[1:]
    for key in steps:
        # The other unions are of numbers and words, into which no step leads.
        if (isinstance(value, dict) and key in value) or isinstance(key, int):
            keys.append(key)
            value = value[key]
    return [*keys, steps[-1]] if error["type"] == "missing" else keys


def _place(keys: list[int | str], where: str) -> str:
    path = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    after = path if not path or where.endswith("]") else f": {path.lstrip('.')}"
    return _one_line(after)


def _one_line(text: str, limit: int = 200) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"
