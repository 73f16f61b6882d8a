"""Puts a backend under judgement, as its operation asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.subject import Subject
from conformance.transposed import TransposedSubject

if TYPE_CHECKING:
    from backends.protocol import Backend, Operation

KINDS: dict[Operation, type[Subject]] = {"conv2d": Subject, "conv_transpose2d": TransposedSubject}


def judged(backend: Backend, selector: str | None = None) -> Subject:
    """The subject of one backend."""
    return KINDS[backend.spec.operation](backend, selector=selector)
