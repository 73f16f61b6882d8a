"""P, N, R: precision is what the dtype promises, NaN is not lost, and a call repeats itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.cases.case import Case
from conv2d_conformance.cases.planes import FEW_CASES
from conv2d_conformance.checks.registry import NamedCase, check
from conv2d_conformance.definition.dtypes import FLOATS, dtype_by_name
from conv2d_conformance.errors import Refused, UnstableError, WrongValueError
from conv2d_conformance.probe import precision, special_values
from conv2d_conformance.probe.probe import OPENING

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.under_test.backend import BackendUnderTest

# Bytes to fill freed memory with: NaN, zeros, small and large numbers.
PATTERNS = (0xFF, 0x00, 0x3F, 0x7E)
SMALL = Case((5, 6), (3, 3))


@check("P1", tuple(NamedCase(dtype) for dtype in FLOATS))
def test_operands_keep_the_precision_of_their_dtype(
    subject: BackendUnderTest, case: NamedCase
) -> None:
    if case.id not in subject.dtypes:
        reason = f"the call does not take {case.id}"
        raise Refused(reason)
    dtype = dtype_by_name(case.id)
    direct = subject.sums_directly_in(case.id)
    measured = precision.operand_bits if direct else precision.bits_kept_by_norms
    bits = measured(subject, dtype)
    if bits is None:
        reason = (
            f"the norm-wise bound of an FFT in {case.id} is wider than what rounding its operands "
            "to a shorter format changes"
        )
        raise Refused(reason)
    if bits < precision.FEWEST_BITS:
        msg = (
            f"{subject.spec.call}: products of {case.id} operands with powers of two are wrong by "
            "more than any precision explains"
        )
        raise WrongValueError(msg)
    if bits < precision.significand(dtype):
        msg = (
            f"{subject.spec.call}: {case.id} operands keep {bits} of "
            f"{precision.significand(dtype)} bits: the call computes in "
            f"{precision.class_of(subject, dtype, bits)}"
        )
        raise WrongValueError(msg)


@check("N1", special_values.NON_FINITE_CASES)
def test_what_is_not_finite_reaches_every_output_that_reads_it(
    subject: BackendUnderTest, case: special_values.NonFiniteCase
) -> None:
    lost = special_values.footprint(subject, case) & ~special_values.non_finite_outputs(
        subject, case
    )
    if lost.any():
        at = tuple(int(i) for i in np.argwhere(lost)[0])
        odd = f"a {case.where} of {case.value}"
        msg = f"{subject.spec.call}: the output at {at} reads {odd} and is finite"
        raise WrongValueError(msg, claim="not lost")


@check("N2", tuple(case for case in special_values.NON_FINITE_CASES if case.where == "pixel"))
def test_what_is_not_finite_stays_where_it_is_read(
    subject: BackendUnderTest, case: special_values.NonFiniteCase
) -> None:
    if not subject.sums_directly_in(case.dtype):
        reason = "an FFT mixes every pixel of a plane into every output; how far is a fact"
        raise Refused(reason)
    spread = special_values.non_finite_outputs(subject, case) & ~special_values.footprint(
        subject, case
    )
    if spread.any():
        at = tuple(int(i) for i in np.argwhere(spread)[0])
        msg = (
            f"{subject.spec.call}: {case.value} reaches the output at {at}, which does not read it"
        )
        raise WrongValueError(msg, claim="not spread")


def again(subject: BackendUnderTest, operands: tuple[Array, Array, str], first: Array) -> None:
    """Another call on the same operands gives the same bits."""
    result = subject.call(*operands)
    if result.shape != first.shape or result.tobytes() != first.tobytes():
        msg = (
            f"{subject.spec.call}: the same operands gave another result: it may return memory "
            "that it never wrote"
        )
        raise UnstableError(msg)


@check("R1", FEW_CASES)
def test_a_call_repeats_itself_on_a_dirtied_heap(subject: BackendUnderTest, case: Case) -> None:
    operands = (*case.arrays(), case.padding_word)
    first = subject.call(*operands)
    for pattern in PATTERNS:
        dirty = [np.full(first.nbytes, pattern, np.uint8) for _ in range(8)]
        del dirty
        again(subject, operands, first)


@check("R1", (OPENING,))
def test_the_first_call_of_all_gives_what_a_later_one_gives(
    subject: BackendUnderTest, case: Case
) -> None:
    first = subject.probe.first
    if not isinstance(first, np.ndarray):
        reason = f"the first call gave no array: {first}"
        raise Refused(reason)
    again(subject, (*case.arrays(), case.padding_word), first)


@check("R1", (SMALL,))
def test_a_thousand_calls_give_one_result(subject: BackendUnderTest, case: Case) -> None:
    operands = (*case.arrays(), subject.paddings[0])
    first = subject.call(*operands)
    for _ in range(1000):
        again(subject, operands, first)
