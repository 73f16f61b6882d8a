"""The interface of every operation: a convolution, a transposed convolution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from conv2d_conformance.under_test.layers import Layers


class Operation(Protocol):
    """One operation of a backend: the input it takes, its measured facts, and its layers."""

    @property
    def layers(self) -> Layers:
        """The call as a layer."""

    @property
    def paddings(self) -> tuple[str, ...]:
        """Declared paddings, or those that gave a result."""

    @property
    def dtypes(self) -> tuple[str, ...]:
        """Declared dtypes, or those that gave a result."""

    def sums_directly_in(self, dtype: str) -> bool:
        """Return whether it sums directly in a dtype, under kernels of every size."""

    def facts(self) -> dict[str, Any]:
        """Return everything measured, by name and ready for JSON."""

    def lacks(self, case: object) -> str | None:
        """Return why the call does not take a case, or None if it does."""
