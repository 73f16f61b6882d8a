"""A check: a plain function that holds a subject to one clause on each of its cases.

pytest is one consumer (`conv2d_conformance.matrix.verdicts`); `Check.run` needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from conv2d_conformance.backends.protocol import Unsupported
from conv2d_conformance.cases.layers import is_layer
from conv2d_conformance.checks.clauses import CLAUSES, Clause
from conv2d_conformance.errors import NotRun
from conv2d_conformance.under_test.backend import MissingBackend

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Operation
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.under_test.backend import BackendUnderTest


class CaseLike(Protocol):
    """What every case has: a readable id and a hash of its definition."""

    @property
    def id(self) -> str:
        """Readable, and safe in a shell."""

    def definition(self) -> str:
        """Hash that changes with the input."""


@dataclass(frozen=True)
class NamedCase:
    """A case that is only a word, for checks that make their own input."""

    id: str

    def definition(self) -> str:
        """The word itself: the check's code holds the rest."""
        return self.id


@dataclass(frozen=True)
class Check:
    """A check function with the clause that it holds and the cases that it runs on.

    ``operation`` is the one that it is about; None if it is about any.
    """

    name: str
    clause: Clause
    function: Callable[..., None]
    cases: tuple[CaseLike, ...]
    operation: Operation | None = "conv2d"

    def is_about(self, subject: BackendUnderTest) -> bool:
        """Whether the subject's operation is the check's."""
        return self.operation in (None, subject.spec.operation)

    def cases_for(self, subject: BackendUnderTest) -> Iterator[CaseLike]:
        """The cases that the subject takes, and one for each reason why it takes others not.

        A call that compiles for every shape gets the covering subset of the cases; a backend that
        does not load gets one, which will say so; one of another operation gets none.
        """
        if not self.is_about(subject):
            return
        if isinstance(subject.raw, MissingBackend):
            yield self.cases[0]
            return
        reasons = set()
        for case in (
            self.requested_cases(subject.requested_cases) if subject.requested_cases else self.cases
        ):
            if subject.spec.compiles and not getattr(case, "covering", True):
                continue
            reason = subject.lacks(case)
            if reason not in reasons:
                yield case
            if reason:
                reasons.add(reason)

    def requested_cases(self, layers: Iterable[Layer]) -> tuple[CaseLike, ...]:
        """Layers as this check takes them, of its family of numbers; all it has, if it is L1.

        A clause of another section, as timing, takes none that is not listed.
        """
        if self.clause.section == "loading":
            return self.cases
        listed = self.cases if self.clause.section in ("layers", "transposed") else ()
        own = [case for case in listed if is_layer(case)]
        pairs = ((layer, next((c for c in own if _alike(c, layer)), None)) for layer in layers)
        return tuple(
            replace(layer, family=case.family, differentiated=case.differentiated)
            for layer, case in pairs
            if case is not None
        )

    def run(self, subject: BackendUnderTest, case: CaseLike, **fixtures: Any) -> None:
        """Hold the subject to the clause on one case.

        Raises
        ------
        Unsupported, Refused, NotRun
            If there is nothing to judge; the message says why.
        NonconformanceError
            If the clause is not met.
        """
        subject.margin = None
        subject.calls.clear()
        if isinstance(subject.raw, MissingBackend) and self.clause.section != "loading":
            raise NotRun(subject.raw.reason)
        if reason := subject.lacks(case):
            raise Unsupported(reason)
        self.function(subject, case, **fixtures)


def _alike(case: Layer, layer: Layer) -> bool:
    """Whether a check that has the case can judge the layer; what follows one takes no options."""
    numbers = (case.family == "normal") == (layer.family == "normal")
    alike = numbers and case.operation == layer.operation and not case.followed
    return alike and (case.differentiated or bool(case.layout) == bool(layer.layout))


F = TypeVar("F", bound=Callable[..., None])
REGISTERED: dict[str, Check] = {}


def check(
    clause: str, cases: Iterable[CaseLike], operation: Operation | None = "conv2d"
) -> Callable[[F], F]:
    """Register a check of the clause of that id, for backends of that operation.

    Raises
    ------
    KeyError
        If there is no such clause.
    """

    def register(function: F) -> F:
        made = Check(function.__name__, CLAUSES[clause], function, tuple(cases), operation)
        REGISTERED[made.name] = made
        return function

    return register
