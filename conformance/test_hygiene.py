"""H: what a call leaves alone: its operands, their memory, and other calls."""

from __future__ import annotations

import contextlib
import pickle
import random
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from conformance import judge
from conformance.cases import FEW, LAID_OUT, Case
from conformance.checks import check
from conformance.nonconformance import (
    GlobalStateError,
    MutatedInputError,
    RaisedError,
    Refused,
    StaleOutputError,
)

if TYPE_CHECKING:
    from conformance.subject import Subject

# A kernel of a single one: the result equals the image, and must not be the image.
IDENTITY = Case((5, 6), (1, 1))


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
    kept = first.tobytes()
    subject.call(img[::-1].copy(), k[::-1].copy(), case.padding)
    if first.tobytes() != kept:
        msg = f"{subject.spec.call}: a later call changed the result of an earlier one"
        raise StaleOutputError(msg)


@check("H3", (*FEW, IDENTITY))
def test_a_result_does_not_follow_its_operands(subject: Subject, case: Case) -> None:
    img, k = case.arrays()
    if case is IDENTITY:
        k[...] = 1
    result = subject.call(img, k, case.padding)
    kept = result.tobytes()
    img += 1
    k += 1
    if result.tobytes() != kept:
        msg = f"{subject.spec.call}: changing an operand after the call changed its result"
        raise StaleOutputError(msg)


@check("H3", FEW)
def test_operands_changed_in_place_are_read_anew(subject: Subject, case: Case) -> None:
    img, k = case.arrays()
    for operand in (k, img):
        subject.call(img, k, case.padding)
        operand[...] = operand[::-1, ::-1].copy() + 1
        again = subject.call(img, k, case.padding)
        fresh = subject.call(img.copy(), k.copy(), case.padding)
        if again.tobytes() != fresh.tobytes():
            name = "kernel" if operand is k else "image"
            msg = f"{subject.spec.call}: {name} changed in place was read as it was before"
            raise StaleOutputError(msg)
        judge.exactly(subject, img, k, case.padding, again)


def process_state() -> dict[str, object]:
    """What a call may not change, by the word that a person would use for it."""
    return {
        "NumPy's error handling": np.geterr(),
        "NumPy's global random state": pickle.dumps(np.random.get_state()),
        "Python's global random state": random.getstate(),
        "the working directory": Path.cwd(),
    }


@check("H4", FEW)
def test_the_process_is_left_as_it_was(subject: Subject, case: Case) -> None:
    # A state of our own: an earlier call may have made its change already.
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), np.errstate(all="warn"):
        random.seed(case.id)
        np.random.seed(len(case.id))
        before = process_state()
        subject.run(case)
        after = process_state()
    changed = [word for word, value in after.items() if value != before[word]]
    if changed:
        msg = f"{subject.spec.call} changed {', '.join(changed)}"
        raise GlobalStateError(msg)
