"""H: what a call must not change: its operands, their memory, and other calls."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.cases.case import CASE_PADDINGS, Case
from conv2d_conformance.cases.planes import FEW_CASES, FEW_OF_EACH_DTYPE, LAID_OUT, VIEWED
from conv2d_conformance.checks import assertions
from conv2d_conformance.checks.registry import check
from conv2d_conformance.errors import (
    GlobalStateError,
    MutatedInputError,
    RaisedError,
    Refused,
    StaleOutputError,
    WrongValueError,
)

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.under_test.backend import BackendUnderTest

# A kernel of a single one: the result equals the image, and must not be the image.
IDENTITY = Case((5, 6), (1, 1))
# More than the buffers that a call would take in turn.
LATER = 64
# Too large to compare, or to hash, in every byte at no cost.
LONG = Case((40, 41), (15, 16))
TIMES = 50
FEWER_TIMES = 12
# One with each padding: more threads than calls take turns with buffers for.
MANY_THREADS = FEW_CASES[1::2]


@check("H1", FEW_OF_EACH_DTYPE)
def test_operands_are_left_untouched(subject: BackendUnderTest, case: Case) -> None:
    img, k = case.arrays()
    before = img.tobytes(), k.tobytes()
    subject.call(img, k, case.padding_word)
    if (img.tobytes(), k.tobytes()) != before:
        msg = f"{subject.spec.call} changed its operands"
        raise MutatedInputError(msg)


@check("H2", LAID_OUT + VIEWED)
def test_memory_layout_does_not_change_the_result(subject: BackendUnderTest, case: Case) -> None:
    # Packed and native; of a repeated row as often as the shape says.
    img, k = (np.array(a, a.dtype.newbyteorder("="), order="C") for a in case.arrays())
    subject.call(img, k, case.padding_word)  # a call that caches by shape and dtype has now done so
    try:
        result = subject.run(case)
    except RaisedError as refusal:
        raise Refused(str(refusal)) from refusal
    assertions.assert_exact(subject, img, k, case.padding_word, result)


@check("H3", FEW_OF_EACH_DTYPE)
def test_a_later_call_leaves_an_earlier_result_alone(subject: BackendUnderTest, case: Case) -> None:
    img, k = case.arrays()
    first = subject.call(img, k, case.padding_word)
    kept = first.tobytes()
    for _ in range(LATER):
        subject.call(img[::-1].copy(), k[::-1].copy(), case.padding_word)
    if first.tobytes() != kept:
        msg = f"{subject.spec.call}: a later call changed the result of an earlier one"
        raise StaleOutputError(msg)


@check("H3", (*FEW_OF_EACH_DTYPE, IDENTITY))
def test_a_result_does_not_follow_its_operands(subject: BackendUnderTest, case: Case) -> None:
    img, k = case.arrays()
    if case is IDENTITY:
        k[...] = 1
    result = subject.call(img, k, case.padding_word)
    kept = result.tobytes()
    img += 1
    k += 1
    if result.tobytes() != kept:
        msg = f"{subject.spec.call}: changing an operand after the call changed its result"
        raise StaleOutputError(msg)


@check("H3", FEW_OF_EACH_DTYPE)
def test_operands_changed_in_place_are_read_anew(subject: BackendUnderTest, case: Case) -> None:
    img, k = case.arrays()
    for operand in (k, img):
        subject.call(img, k, case.padding_word)
        # Sums of the same magnitudes stay exact in every dtype.
        operand[...] = operand[::-1, ::-1].copy() + (operand.dtype == np.float32)
        again = subject.call(img, k, case.padding_word)
        fresh = subject.call(img.copy(), k.copy(), case.padding_word)
        assertions.assert_exact(subject, img, k, case.padding_word, fresh)
        if again.tobytes() != fresh.tobytes():
            name = "kernel" if operand is k else "image"
            msg = f"{subject.spec.call}: {name} changed in place was read as it was before"
            raise StaleOutputError(msg)


@check("H3", tuple(replace(LONG, padding=padding) for padding in CASE_PADDINGS))
def test_a_change_of_the_last_element_is_seen(subject: BackendUnderTest, case: Case) -> None:
    img, k = case.arrays()
    # A call that is wrong by itself repeats nothing.
    alone = subject.call(img, k, case.padding_word)
    assertions.assert_exact(subject, img, k, case.padding_word, alone)
    for name, operand in (("kernel", k), ("image", img)):
        other = operand.copy()
        other[-1, -1] += 1
        operands = (img, other) if operand is k else (other, k)
        result = subject.call(*operands, case.padding_word)
        try:
            assertions.assert_exact(subject, *operands, case.padding_word, result)
        except WrongValueError as error:
            if not _is_right_for(subject, img, k, case.padding_word, result):
                raise
            msg = f"only the last element of the {name} had changed since the call before: {error}"
            raise StaleOutputError(msg) from error


def _is_right_for(
    subject: BackendUnderTest, img: Array, k: Array, padding: str, result: Array
) -> bool:
    try:
        assertions.assert_exact(subject, img, k, padding, result)
    except WrongValueError:
        return False
    return True


@check("H6", FEW_OF_EACH_DTYPE)
def test_two_threads_may_call_at_once(subject: BackendUnderTest, case: Case) -> None:
    img, k = case.arrays()
    padding = case.padding_word
    operands = [(img, k, padding), (img[::-1].copy(), k[::-1].copy(), padding)]
    alone = [subject.call(*each).tobytes() for each in operands]
    assertions.assert_same_at_once(subject, subject.spec.call, operands, alone, TIMES)


@check("H6", MANY_THREADS)
def test_eight_threads_may_call_at_once(subject: BackendUnderTest, case: Case) -> None:
    img, k = case.arrays()
    operands = [(np.roll(img, n, 0), np.roll(k, n, 1), case.padding_word) for n in range(8)]
    alone = [subject.call(*each).tobytes() for each in operands]
    assertions.assert_same_at_once(subject, subject.spec.call, operands, alone, FEWER_TIMES)


@check("H4", FEW_CASES)
def test_the_process_is_left_as_it_was(subject: BackendUnderTest, case: Case) -> None:
    subject.run(case)  # the message quotes what it raises
    changed = subject.runner.changes("conv2d", (*case.arrays(), case.padding), case.id)
    if changed:
        msg = f"{subject.spec.call} changed {', '.join(changed)}"
        raise GlobalStateError(msg)
