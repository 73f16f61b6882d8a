"""What the probe asks of a call that it measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Spec
    from conv2d_conformance.cases.case import Case
    from conv2d_conformance.definition.correlation import Array, Exact
    from conv2d_conformance.runtime.call_guard import GuardedBackend
    from conv2d_conformance.runtime.time_accounts import TimeAccounts


class MeasuredCall(Protocol):
    """A call whose conventions are known, so that its results can be judged."""

    @property
    def spec(self) -> Spec:
        """What the adapter says of the call."""

    @property
    def dtypes(self) -> tuple[str, ...]:
        """The dtypes that it takes."""

    @property
    def paddings(self) -> tuple[str, ...]:
        """The paddings that it takes."""

    @property
    def sums_directly(self) -> bool:
        """Whether each element is its own sum, as it is not of an FFT."""

    def lacks(self, case: Case) -> str | None:
        """Why the call does not take a case, or None if it does."""

    def require_array(self, img: Array, k: Array, padding: str) -> Array:
        """Call it; raises `NonconformanceError` if the result has not the padding's shape."""

    def exact(self, img: Array, k: Array, padding: str) -> Exact:
        """The exact result under the measured conventions."""


class ComparedCall(Protocol):
    """A call that is repeated in another process."""

    @property
    def spec(self) -> Spec:
        """What the adapter says of the call."""

    @property
    def selector(self) -> str:
        """What names it on the command line."""

    @property
    def guarded(self) -> GuardedBackend:
        """The call itself, of any operation."""

    @property
    def cost(self) -> TimeAccounts:
        """Where the seconds of its calls go."""
