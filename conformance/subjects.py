"""Puts a backend under judgement, as its operation asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.here import SECONDS
from conformance.subject import Subject
from conformance.transposed import TransposedSubject

if TYPE_CHECKING:
    from collections.abc import Callable

    from backends.protocol import Backend, Operation, Transposed
    from conformance.here import Place
    from conformance.hosted import Hosted
    from conformance.subject import Missing

KINDS: dict[Operation, type[Subject]] = {"conv2d": Subject, "conv_transpose2d": TransposedSubject}


def judged(
    backend: Backend | Transposed | Hosted | Missing,
    selector: str | None = None,
    apart: Callable[[], Place] | None = None,
    seconds: float = SECONDS,
) -> Subject:
    """The subject of one backend."""
    of_its_kind: Any = backend
    return KINDS[backend.spec.operation](of_its_kind, seconds, selector, apart)
