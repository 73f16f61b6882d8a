"""A wrong backend of any operation, with what must find it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conv2d_conformance.runtime.in_process import InProcessRunner
from conv2d_conformance.under_test.factory import put_under_test

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conv2d_conformance.under_test.backend import BackendUnderTest

# Seconds for timed calls that fail on the first size that shows them, on a machine however busy.
PLENTY = 10.0


@dataclass(frozen=True)
class Mutant:
    """A wrong backend, with the check that must find it and the words of the check's message.

    ``adapter`` makes it anew for each test; a call of it may take ``seconds``. ``one_threaded``
    makes what it is in a process with one thread.
    """

    id: str
    adapter: Callable[[], Any]
    check: str
    words: str = ""
    seconds: float = 20
    one_threaded: Callable[[], Any] | None = None

    def under_test(self, *, covering: bool = False, budget: float = PLENTY) -> BackendUnderTest:
        """The mutant made anew; ``covering`` leaves the covering subset of the cases."""
        adapter = self.adapter()
        if covering:
            adapter.spec = replace(adapter.spec, compiles=True)
        one = self.one_threaded
        alone = one and (lambda: InProcessRunner(one(), self.seconds))
        subject = put_under_test(adapter, seconds=self.seconds, one_threaded=alone)
        subject.clock.budget = budget
        return subject


def distinct(mutants: Iterable[Mutant]) -> list[Mutant]:
    """The mutants, less those that differ from the one before only in the check that is tried."""
    found: list[Mutant] = []
    for mutant in mutants:
        if not found or found[-1].adapter is not mutant.adapter:
            found.append(mutant)
    return found
