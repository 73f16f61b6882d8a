"""A check: a plain function that tests a backend against one clause, case by case.

pytest is one consumer (`conv2d_conformance.matrix.verdicts`), `conv2d_conformance.testing` another.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from conv2d_conformance.backends.protocol import Unsupported
from conv2d_conformance.cases.layers import is_layer
from conv2d_conformance.checks.clauses import CLAUSES, Clause
from conv2d_conformance.checks.mutated_operands import cause_of
from conv2d_conformance.errors import NonconformanceError, NotRun, TimedOutError
from conv2d_conformance.under_test.backend import BackendUnderTest, MissingBackend

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Operation
    from conv2d_conformance.cases.layers import Layer


class CaseLike(Protocol):
    """The interface of every case: a readable id and a hash of its definition."""

    @property
    def id(self) -> str:
        """Its name: readable, and safe in a shell."""

    def definition(self) -> str:
        """Hash that changes with the input."""


# Why a backend does not take a case, or None.
Lacks: TypeAlias = Callable[[BackendUnderTest, CaseLike], str | None]


@dataclass(frozen=True)
class NamedCase:
    """A case that is only a name, for checks that make their own input."""

    id: str

    def definition(self) -> str:
        """Return the name: the check's code has the rest."""
        return self.id


@dataclass(frozen=True)
class Check:
    """A check function with its clause and its cases.

    ``operation`` is the operation that it is about; None for any.
    """

    name: str
    clause: Clause
    function: Callable[..., None]
    cases: tuple[CaseLike, ...]
    operation: Operation | None = "conv2d"

    def is_about(self, subject: BackendUnderTest) -> bool:
        """Return whether the check is about the backend's operation."""
        return self.operation in (None, subject.spec.operation)

    def cases_for(
        self,
        subject: BackendUnderTest,
        lacks: Lacks = BackendUnderTest.lacks,
    ) -> Iterator[CaseLike]:
        """Yield the cases that the backend takes, and one for each reason not to take others.

        A call that compiles for every shape gets the covering subset of the cases; a backend that
        does not load gets one, which will say so; one of another operation gets none.
        """
        layers = subject.requested_cases
        return self._taken(subject, self.requested_cases(layers) if layers else self.cases, lacks)

    def planned(self, subject: BackendUnderTest) -> int:
        """Return how many cases the check has if no layers are requested."""
        return sum(1 for _ in self._taken(subject, self.cases, BackendUnderTest.lacks))

    def _taken(
        self, subject: BackendUnderTest, cases: Iterable[CaseLike], lacks: Lacks
    ) -> Iterator[CaseLike]:
        if not self.is_about(subject):
            return
        if isinstance(subject.raw, MissingBackend):
            yield self.cases[0]
            return
        reasons = set()
        for case in cases:
            if subject.spec.compiles and not getattr(case, "covering", True):
                continue
            reason = lacks(subject, case)
            if reason not in reasons:
                yield case
            if reason:
                reasons.add(reason)

    def requested_cases(self, layers: Iterable[Layer]) -> tuple[CaseLike, ...]:
        """Return layers in this check's form, with its family of numbers; all of its cases for L1.

        A clause of another section, such as timing, takes only layers that it lists.
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
        """Check the clause on one case.

        Raises
        ------
        Unsupported, Refused, Measured, NotRun
            If there is nothing to check, or a sibling of the case hung; the message says why.
        NonconformanceError
            If the clause is not met.
        """
        subject.margin = None
        subject.calls.clear()
        if isinstance(subject.raw, MissingBackend) and self.clause.section != "loading":
            raise NotRun(subject.raw.reason)
        if self.clause.section not in ("loading", "geometry"):
            subject.guarded.patience.require(subject.spec.call)
        if reason := subject.lacks(case):
            raise Unsupported(reason)
        siblings = self._siblings(case)
        if siblings in subject.hung:
            msg = f"not called, for this check had no result on {subject.hung[siblings]}"
            raise NotRun(msg)
        try:
            self.function(subject, case, **fixtures)
        except TimedOutError:
            subject.hung[siblings] = case.id
            raise
        except NonconformanceError as error:
            found = error if self.clause.id == "H1" else cause_of(error, subject, case)
            if found is error:
                raise
            raise found from error

    def _siblings(self, case: CaseLike) -> object:
        """Return the cases that would hang as this one does: of the same shapes, if it has any.

        Facts of geometry are measured before; to ask for one costs no call.
        """
        one = case.id if self.clause.section == "geometry" else None
        return self.name, getattr(case, "shapes", one)


def _alike(case: Layer, layer: Layer) -> bool:
    """Return whether a check with this case can check the layer; a followed one has no options."""
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
        If the clause does not exist.
    """

    def register(function: F) -> F:
        made = Check(function.__name__, CLAUSES[clause], function, tuple(cases), operation)
        REGISTERED[made.name] = made
        return function

    return register


def load_checks() -> dict[str, Check]:
    """Return every check by name; each registers itself when its module is imported."""
    room = __name__.rpartition(".")[0]
    for module in pkgutil.iter_modules(import_module(room).__path__):
        if module.name.startswith("test_"):
            import_module(f"{room}.{module.name}")
    return REGISTERED
