"""One name for many cases, with a representative: if a call takes it, it takes them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conv2d_conformance.cases.case import Case


class Represented:
    """Many cases under one id."""

    # A base class, not a protocol: every case of every check is asked whether it is one, and
    # `isinstance` with a protocol takes 20 times as long.

    def representative(self, dtype: str) -> Case:
        """Return the case in that dtype that decides whether a call takes all of them."""
        raise NotImplementedError
