"""What stands for many cases is asked for one of them, by which all are taken or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from conv2d_conformance.cases.case import Case


@runtime_checkable
class Represented(Protocol):
    """Many cases under one id."""

    def representative(self, dtype: str) -> Case:
        """The case in that dtype by which all of them are taken or refused."""
