"""Puts a backend under judgement, as its operation asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conv2d_conformance.runtime.in_process import SECONDS
from conv2d_conformance.under_test.backend import Subject
from conv2d_conformance.under_test.transposed import TransposedSubject

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.backends.protocol import Backend, Operation, Transposed
    from conv2d_conformance.runtime.in_process import Place
    from conv2d_conformance.runtime.remote import Hosted
    from conv2d_conformance.under_test.backend import Missing

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
