"""H: what a call leaves alone: its operands, their memory, and other calls."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from conformance import judge
from conformance.cases import FEW, LAID_OUT, Case
from conformance.checks import check
from conformance.nonconformance import MutatedInputError, RaisedError, Refused, StaleOutputError

if TYPE_CHECKING:
    from conformance.subject import Subject


@check("H1", FEW)
def test_operands_are_left_untouched(subject: Subject, case: Case) -> None:
    img, k = case.arrays()
    before = img.tobytes(), k.tobytes()
    subject.call(img, k, case.padding)
    if (img.tobytes(), k.tobytes()) != before:
        msg = f"{subject.spec.call} changed its operands"
        raise MutatedInputError(msg)


@check("H2", LAID_OUT)
def test_memory_layout_does_not_change_the_result(subject: Subject, case: Case) -> None:
    plain = replace(case, layout="plain").arrays()
    subject.call(*plain, case.padding)  # a call that caches by shape and dtype has now done so
    try:
        result = subject.run(case)
    except RaisedError as refusal:
        raise Refused(str(refusal)) from refusal
    judge.exactly(subject, *plain, case.padding, result)


@check("H3", FEW)
def test_a_later_call_leaves_an_earlier_result_alone(subject: Subject, case: Case) -> None:
    img, k = case.arrays()
    first = subject.call(img, k, case.padding)
    kept = first.copy()
    subject.call(img[::-1].copy(), k[::-1].copy(), case.padding)
    if not np.array_equal(first, kept):
        msg = f"{subject.spec.call}: a later call changed the result of an earlier one"
        raise StaleOutputError(msg)


@check("H3", FEW)
def test_a_result_does_not_follow_its_operands(subject: Subject, case: Case) -> None:
    img, k = case.arrays()
    result = subject.call(img, k, case.padding)
    kept = result.copy()
    img += 1
    k += 1
    if not np.array_equal(result, kept):
        msg = f"{subject.spec.call}: changing an operand after the call changed its result"
        raise StaleOutputError(msg)


@check("H3", FEW)
def test_a_kernel_changed_in_place_is_read_anew(subject: Subject, case: Case) -> None:
    img, k = case.arrays()
    subject.call(img, k, case.padding)
    k[...] = k[::-1, ::-1].copy() + 1
    again = subject.call(img, k, case.padding)
    fresh = subject.call(img.copy(), k.copy(), case.padding)
    if not np.array_equal(again, fresh):
        msg = f"{subject.spec.call}: a kernel changed in place was read as it was before"
        raise StaleOutputError(msg)
    judge.exactly(subject, img, k, case.padding, again)
