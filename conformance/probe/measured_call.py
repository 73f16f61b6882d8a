"""The interface of a call that the probe measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from conv2d_conformance.backends.protocol import Unsupported
from conv2d_conformance.errors import NonconformanceError, NotRun

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Spec
    from conv2d_conformance.cases.case import Case
    from conv2d_conformance.definition.correlation import Array, Exact
    from conv2d_conformance.runtime.call_guard import GuardedBackend
    from conv2d_conformance.runtime.time_accounts import TimeAccounts


class MeasuredCall(Protocol):
    """A call whose conventions are known, so that its results can be compared with exact ones."""

    @property
    def spec(self) -> Spec:
        """The adapter's declaration of the call."""

    @property
    def dtypes(self) -> tuple[str, ...]:
        """The dtypes that it takes."""

    @property
    def paddings(self) -> tuple[str, ...]:
        """The paddings that it takes."""

    def sums_directly_in(self, dtype: str) -> bool:
        """Return whether each element is a sum of its own, which it is not in an FFT."""

    def lacks(self, case: Case) -> str | None:
        """Return why the call does not take a case, or None if it does."""

    def require_array(self, img: Array, k: Array, padding: str) -> Array:
        """Call it; raises `NonconformanceError` if the result does not have the padding's shape."""

    def exact(self, img: Array, k: Array, padding: str) -> Exact:
        """Return the exact result under the measured conventions."""


class ComparedCall(Protocol):
    """A call that is repeated in another process."""

    @property
    def spec(self) -> Spec:
        """The adapter's declaration of the call."""

    @property
    def selector(self) -> str:
        """Its name on the command line."""

    @property
    def guarded(self) -> GuardedBackend:
        """The call itself, of any operation."""

    @property
    def cost(self) -> TimeAccounts:
        """The account of the seconds of its calls."""


def call_and_reference(
    subject: MeasuredCall, img: Array, k: Array, padding: str
) -> tuple[Array, Exact]:
    """Return a result and the exact one. The call gets copies, for it may write to its operands."""
    return subject.require_array(img.copy(), k.copy(), padding), subject.exact(img, k, padding)


def describe_failure(error: Exception) -> str:
    """Return why there is no measurement: what a call did, or what its result led to."""
    if isinstance(error, (NonconformanceError, NotRun, Unsupported)):
        return str(error) or type(error).__name__
    return f"{type(error).__name__}: {error}"
