"""What an operation needs of the backend under test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Spec
    from conv2d_conformance.runtime.call_guard import GuardedBackend
    from conv2d_conformance.runtime.call_log import CallLog
    from conv2d_conformance.runtime.time_accounts import TimeAccounts


class CalledBackend(Protocol):
    """A backend that is called, and what is known of it."""

    @property
    def spec(self) -> Spec:
        """What the adapter says of its call."""

    @property
    def declares(self) -> bool:
        """Whether an adapter says anything of the call."""

    @property
    def guarded(self) -> GuardedBackend:
        """The backend where it runs."""

    @property
    def apart(self) -> GuardedBackend:
        """The backend where a call that ends its process costs no more than its own record."""

    @property
    def backend(self) -> CallLog:
        """`guarded`, with its calls on planes remembered."""

    @property
    def risked(self) -> CallLog:
        """`apart`, with its calls among those that are remembered."""

    @property
    def cost(self) -> TimeAccounts:
        """Where time is put down."""

    @property
    def paddings(self) -> tuple[str, ...]:
        """The paddings that it takes."""

    @property
    def dtypes(self) -> tuple[str, ...]:
        """The dtypes that it takes."""

    @property
    def plain_dtype(self) -> str:
        """float32, or the first dtype that the call takes."""

    @property
    def sums_directly(self) -> bool:
        """Whether each element is judged by its own sum."""
