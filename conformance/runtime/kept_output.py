"""Keeps what frameworks print, such as banners and warnings, and shows it if something fails."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# The characters that are kept; the last ones tell most.
LONGEST = 100_000


class KeptOutput:
    """The output of worker processes; ``verbose`` shows it at once."""

    def __init__(self, *, verbose: bool) -> None:
        self._verbose, self._text = verbose, ""

    def __call__(self, text: str) -> None:
        """Take some output."""
        if self._verbose:
            sys.stderr.write(text)
        else:
            self._text = (self._text + text)[-LONGEST:]

    def show(self) -> None:
        """Print on stderr what was kept."""
        sys.stderr.write(self._text)
        self._text = ""


@contextmanager
def kept_output(*, verbose: bool) -> Iterator[KeptOutput]:
    """Keep output, and show it if an exception leaves the block."""
    kept = KeptOutput(verbose=verbose)
    try:
        yield kept
    except Exception:
        kept.show()
        raise
