"""One name for many cases, with a representative: if a call takes it, it takes them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from conv2d_conformance.cases.case import Case


@runtime_checkable
class Represented(Protocol):
    """Many cases under one id."""

    def representative(self, dtype: str) -> Case:
        """Return the case in that dtype that decides whether a call takes all of them."""
