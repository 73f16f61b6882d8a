"""Where a run's time goes, per backend: in its calls, the reference, the probe, or the harness."""

from __future__ import annotations

from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.correlation import Array

Account = Literal["calls", "first_calls", "reference", "probe", "harness"]
ACCOUNTS: tuple[Account, ...] = ("calls", "first_calls", "reference", "probe", "harness")


class TimeAccounts:
    """Seconds by account; each second is in one account, that of the innermost `charge`.

    What the probe does, calls included, is in ``probe``; a test less its calls and its reference
    is in ``harness``.

    Parameters
    ----------
    compiles : bool
        Whether the first call of a shape, dtype and padding has an account of its own.
    """

    def __init__(self, *, compiles: bool) -> None:
        self._compiles = compiles
        self._seconds = dict.fromkeys(ACCOUNTS, 0.0)
        self._open: list[Account] = []
        self._since = 0.0
        self._seen: set[object] = set()

    @contextmanager
    def charge(self, account: Account) -> Iterator[None]:
        """Put the time spent inside to an account."""
        self._book()
        self._open.append("probe" if "probe" in self._open else account)
        try:
            yield
        finally:
            self._book()
            self._open.pop()

    def call(
        self, method: str, img: Array, k: Array, padding: Any, *_: Any, **options: Any
    ) -> Account:
        """The account of one call."""
        if not self._compiles:
            return "calls"
        key = (method, img.shape, k.shape, img.dtype.str, padding, *sorted(options.items()))
        first = key not in self._seen
        self._seen.add(key)
        return "first_calls" if first else "calls"

    def facts(self) -> dict[str, float | None]:
        """Seconds by account, to the millisecond; no first calls where they are not apart."""
        told: dict[str, float | None] = {a: round(s, 3) for a, s in self._seconds.items()}
        if not self._compiles:
            told["first_calls"] = None
        return told

    def _book(self) -> None:
        now = perf_counter()
        if self._open:
            self._seconds[self._open[-1]] += now - self._since
        self._since = now
