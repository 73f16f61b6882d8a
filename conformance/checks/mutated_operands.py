"""The cause behind most wrong values of a call that writes to its operands."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from conv2d_conformance.cases.layers import is_layer
from conv2d_conformance.errors import (
    MutatedInputError,
    NonconformanceError,
    WrongFactError,
    WrongValueError,
)

if TYPE_CHECKING:
    from conv2d_conformance.under_test.backend import BackendUnderTest

# What is found in a call on operands that are no longer those of the case.
FOLLOWING = (WrongValueError, WrongFactError)


def cause_of(
    error: NonconformanceError, subject: BackendUnderTest, case: object
) -> NonconformanceError:
    """Return the failure of a check, or the one that explains it if the call writes to operands.

    The calls of the latter are recorded in place of the check's.
    """
    if subject.spec.operation != "conv2d" or is_layer(case) or not isinstance(error, FOLLOWING):
        return error
    mutated = subject.planes.mutated_case
    if mutated is None:
        return error
    subject.calls.clear()
    with suppress(Exception):
        subject.backend.conv2d(*mutated.arrays(), mutated.padding_word)  # type: ignore[arg-type]  # a word
    return MutatedInputError(f"see H1: {subject.spec.call} changes its operands")
