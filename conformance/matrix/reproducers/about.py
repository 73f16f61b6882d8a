"""What a script says of its failure besides the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.matrix.reproducers.carried_adapter import CarriedAdapter


@dataclass(frozen=True)
class About:
    """What a script says of its failure besides the evidence.

    Parameters
    ----------
    backend, check, case, message : str
        Shown in comments, whatever characters they hold.
    snippet : str
        The native call; see `conv2d_conformance.backends.protocol.Spec`. Empty if there is none.
    adapter : str or CarriedAdapter
        What makes the call where the snippet does not: lines that import ``found``, or its source.
    modules : tuple of str
        Modules whose versions are printed.
    data : str
        Name of the file beside the script that holds the arrays.
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
    """What failed, how, and with what, in lines that stay comments."""
    yield f"# {_printable(about.backend)}: {about.check}, case {_printable(about.case)}\n"
    for line in about.message.splitlines():
        yield f"# {_printable(line)}\n"


def _printable(text: str) -> str:
    """``text`` on one line, what does not print spelled out: a comment that stays a comment."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
