"""What a script says about its failure in addition to the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.matrix.reproducers.carried_adapter import CarriedAdapter


@dataclass(frozen=True)
class About:
    """What a script says about its failure in addition to the evidence.

    Parameters
    ----------
    backend, check, case, message : str
        Shown in comments; they may hold any characters.
    snippet : str
        The native call, as `native_call.native_snippet` finds it. May be empty.
    adapter : str or CarriedAdapter
        Makes the call if the snippet does not: lines that import ``found``, or its source.
    modules : tuple of str
        Modules whose versions are printed.
    data : str
        Name of the file next to the script that holds the arrays.
    """

    backend: str
    check: str
    case: str
    message: str
    snippet: str
    adapter: str | CarriedAdapter
    modules: tuple[str, ...]
    data: str


def comments(about: About) -> Iterator[str]:
    """Return the lines of comments that say what failed, how, and with which versions."""
    yield f"# {_printable(about.backend)}: {about.check}, case {_printable(about.case)}\n"
    for line in about.message.splitlines():
        yield f"# {_printable(line)}\n"


def _printable(text: str) -> str:
    """Return ``text`` on one line, other characters escaped, so that it cannot end the comment."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
