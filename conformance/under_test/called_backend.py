"""The interface that an operation needs of the backend under test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from conv2d_conformance.backends.protocol import Unsupported
from conv2d_conformance.definition.dtypes import holds_numbers
from conv2d_conformance.errors import NonconformanceError, NotRun, WrongDtypeError

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Spec
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.runtime.call_guard import GuardedBackend
    from conv2d_conformance.runtime.call_log import CallLog
    from conv2d_conformance.runtime.time_accounts import TimeAccounts

# A call that has no result, whatever the reason.
NO_RESULT = (NonconformanceError, Unsupported, NotRun)
# Above these the exact result takes too long to measure again how a call sums.
MOST_PRODUCTS = 2**24


class CalledBackend(Protocol):
    """A backend that can be called, with what is declared and known of it."""

    @property
    def spec(self) -> Spec:
        """The adapter's declaration of its call."""

    @property
    def declares(self) -> bool:
        """Whether an adapter declares anything of the call."""

    @property
    def guarded(self) -> GuardedBackend:
        """The backend, with a deadline for each call."""

    @property
    def apart(self) -> GuardedBackend:
        """The backend in a process of its own; a call that ends it loses only its own record."""

    @property
    def backend(self) -> CallLog:
        """`guarded`, with its calls on planes recorded."""

    @property
    def risked(self) -> CallLog:
        """`apart`, with its calls recorded."""

    @property
    def cost(self) -> TimeAccounts:
        """The account of where time was spent."""

    @property
    def paddings(self) -> tuple[str, ...]:
        """The paddings that it takes."""

    @property
    def dtypes(self) -> tuple[str, ...]:
        """The dtypes that it takes."""

    @property
    def plain_dtype(self) -> str:
        """float32, or the first dtype that the call takes."""

    def sums_directly_in(self, dtype: str) -> bool:
        """Return whether it sums directly in a dtype, under kernels of every size."""


def require_numbers(call: str, result: Array) -> None:
    """Raise `WrongDtypeError` if an array holds something else than numbers."""
    if not holds_numbers(result.dtype):
        msg = f"{call} returned an array of {result.dtype}, which are no numbers"
        raise WrongDtypeError(msg)
