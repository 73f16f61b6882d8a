"""H6, R1 of layers: calls in several threads, many calls, and a call after one that is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.cases.special_layers import BATCH, REAL_BATCH
from conv2d_conformance.checks.assertions import assert_same_at_once
from conv2d_conformance.checks.layer_assertions import what
from conv2d_conformance.checks.registry import check
from conv2d_conformance.errors import NO_ANSWER, RaisedError, Refused, UnstableError

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.under_test.backend import BackendUnderTest

THREADS = 4
TIMES = 16
MANY = 100


@check("H6", (BATCH,))
def test_four_threads_may_call_a_layer_at_once(subject: BackendUnderTest, case: Layer) -> None:
    img, k = case.arrays()
    given = [(img[::-1].copy(), k), (img, k[::-1].copy()), (img[::-1].copy(), k[::-1].copy())]
    given = [(img, k), *given]
    alone = [subject.layers.call_with(case, *each).tobytes() for each in given]
    operands = [(*each, case.padding) for each in given]
    assert_same_at_once(subject, what(subject, case), operands, alone, TIMES)


@check("R1", (REAL_BATCH,))
def test_many_calls_of_a_layer_give_one_result(subject: BackendUnderTest, case: Layer) -> None:
    img, k = case.arrays()
    first = subject.layers.call_with(case, img, k)
    for number in range(MANY):
        again = subject.layers.call_with(case, img, k)
        if again.tobytes() != first.tobytes():
            msg = f"{what(subject, case)}: call {number + 2} on the same operands gave other bits"
            raise UnstableError(msg)


@check("R1", (BATCH,))
def test_a_refused_call_of_a_layer_leaves_the_next_one_alone(
    subject: BackendUnderTest, case: Layer
) -> None:
    img, k = case.arrays()
    first = apart(subject, case, img, k)
    try:
        apart(subject, case, img[:, 1:].copy(), k)
    except RaisedError:
        pass
    except NO_ANSWER as error:
        reason = f"a channel too few gets no answer: {error}"
        raise Refused(reason) from error
    again = apart(subject, case, img, k)
    if again.tobytes() != first.tobytes():
        msg = f"{what(subject, case)}: after a call with a channel too few it gave another result"
        raise UnstableError(msg, claim="refusal forgotten")


def apart(subject: BackendUnderTest, layer: Layer, img: Array, k: Array) -> Array:
    """Call in a process of its own, which bad operands may end."""
    try:
        return subject.risked.conv2d(img, k, layer.padding)  # type: ignore[arg-type]  # a word
    except NO_ANSWER:
        raise
    except Exception as error:
        msg = f"{subject.spec.call} raised {type(error).__name__}: {error}"
        raise RaisedError(msg) from error
