"""Accounts for the time of a run, per backend.

Time that a run spends for all of its backends together is divided equally.
"""

from __future__ import annotations

from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, get_args

from conv2d_conformance.runtime.compiled_memory import MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conv2d_conformance.definition.correlation import Array

Account = Literal[
    "calls",
    "first_calls",
    "reference",
    "probe",
    "determinism",
    "start_up",
    "collection",
    "waiting",
    "harness",
]
ACCOUNTS: tuple[Account, ...] = get_args(Account)
# Everything inside one of these, including calls, is charged to it.
INCLUSIVE: tuple[Account, ...] = ("probe", "determinism")


class TimeAccounts:
    """Seconds by account; each second is in one account, that of the innermost `charge`.

    ``probe`` has all of the probe, including its calls. ``determinism`` has what other processes
    repeat. ``harness`` has the tests without their calls and the reference.

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
        """Charge the time spent inside to an account."""
        self._book()
        self._open.append(next((a for a in self._open if a in INCLUSIVE), account))
        try:
            yield
        finally:
            self._book()
            self._open.pop()

    def call(
        self, method: str, img: Array, k: Array, padding: Any, *_: Any, **options: Any
    ) -> Account:
        """Return the account of one call."""
        if not self._compiles:
            return "calls"
        # Shapes that were dropped to free memory are compiled again.
        release = MEMORY.releases
        key = (
            release,
            method,
            img.shape,
            k.shape,
            img.dtype.str,
            padding,
            *sorted(options.items()),
        )
        first = key not in self._seen
        self._seen.add(key)
        return "first_calls" if first else "calls"

    def add(self, account: Account, seconds: float) -> None:
        """Charge seconds to an account that were measured in another way."""
        self._seconds[account] += seconds

    @property
    def total(self) -> float:
        """The sum of all accounts, in seconds."""
        return sum(self._seconds.values())

    def facts(self) -> dict[str, float | None]:
        """Return seconds by account, to the millisecond; no first calls if none are separate."""
        facts: dict[str, float | None] = {a: round(s, 3) for a, s in self._seconds.items()}
        if not self._compiles:
            facts["first_calls"] = None
        return facts

    def _book(self) -> None:
        now = perf_counter()
        if self._open:
            self._seconds[self._open[-1]] += now - self._since
        self._since = now


@contextmanager
def charge_shared(every: Sequence[TimeAccounts], account: Account) -> Iterator[None]:
    """Divide equally the time spent inside that no account has yet."""
    began = perf_counter() - sum(each.total for each in every)
    try:
        yield
    finally:
        share_out(every, account, perf_counter() - began)


def share_out(every: Sequence[TimeAccounts], account: Account, seconds: float) -> None:
    """Divide equally the seconds that remain after subtracting those of all accounts."""
    left = seconds - sum(each.total for each in every)
    for each in every:
        each.add(account, max(left, 0.0) / len(every))
