"""V, D: the numbers of a result, and their dtype."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.backends.find_adapter import UnknownBackendError
from conv2d_conformance.backends.protocol import Unavailable
from conv2d_conformance.cases import question
from conv2d_conformance.cases.planes import DTYPED, INTEGERS, REAL
from conv2d_conformance.checks import assertions
from conv2d_conformance.checks.registry import NamedCase, check
from conv2d_conformance.errors import Measured, Refused, WrongDtypeError, WrongValueError
from conv2d_conformance.probe import determinism

# Large enough for a framework to divide the work among threads.
ONE_THREAD = determinism.CASES[1:2]

if TYPE_CHECKING:
    from conv2d_conformance.cases.case import Case
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.runtime.call_guard import GuardedBackend
    from conv2d_conformance.under_test.backend import BackendUnderTest


@check("V1", INTEGERS)
def test_sums_of_small_integers_are_exact(subject: BackendUnderTest, case: Case) -> None:
    assertions.assert_exact(subject, *case.arrays(), case.padding_word, subject.run(case))


@check("V2", REAL)
def test_real_data_stay_within_the_error_bound(subject: BackendUnderTest, case: Case) -> None:
    assertions.assert_close(subject, *case.arrays(), case.padding_word, subject.run(case))


def with_one_thread(subject: BackendUnderTest) -> GuardedBackend:
    """The call in a process with one thread, if it can be made there."""
    reason = "it is an object of this process"
    try:
        if subject.one_threaded is not None:
            return subject.one_threaded
    except (Unavailable, UnknownBackendError) as error:
        reason = str(error)
    msg = f"the call cannot be made in another process, with one thread: {reason}"
    raise Refused(msg)


@check("V2", ONE_THREAD)
def test_one_thread_stays_within_the_error_bound(subject: BackendUnderTest, case: Case) -> None:
    alone = with_one_thread(subject)
    img, k = case.arrays()
    result = subject.planes.call_in(alone, img, k, case.padding_word)
    try:
        assertions.assert_close(subject, img, k, case.padding_word, result)
    except WrongValueError as error:
        variables = " ".join(f"{name}={value}" for name, value in determinism.ONE_THREAD.items())
        msg = f"with one thread ({variables}): {error}"
        raise WrongValueError(msg) from error


def question_operands(subject: BackendUnderTest) -> tuple[Array, Array]:
    """The question's operands, for a call that can answer it."""
    if "same" not in subject.paddings or "float32" not in subject.dtypes:
        reason = "the question is about 'same' on float32, which the call does not take"
        raise Refused(reason)
    return question.image(), question.kernel()


@check("V3", (NamedCase("elements"),))
def test_the_questions_example_is_right_in_every_element(
    subject: BackendUnderTest, case: NamedCase
) -> None:
    img, k = question_operands(subject)
    assertions.assert_close(subject, img, k, "same", subject.call(img, k, "same"))


@check("V3", (NamedCase("mean-of-k"), NamedCase("mean-of-k-transposed")))
def test_the_questions_published_mean_comes_out(subject: BackendUnderTest, case: NamedCase) -> None:
    img, k = question_operands(subject)
    if case.id == "mean-of-k-transposed":
        k = k.T.copy()
    published = question.MEANS.get((subject.conventions.orientation, case.id))
    if published is None or subject.conventions.boundary != "zeros":
        found = f"{subject.conventions.orientation} with {subject.conventions.boundary}"
        reason = f"the question published no mean for a {found} outside the image"
        raise Refused(reason)
    result = subject.call(img, k, "same")
    mean = float(np.mean(result.astype(np.float64)))
    exact = subject.exact(img, k, "same")
    bound = float(np.mean(assertions.rounding_bound(subject, img, k, "same", exact)))
    if not abs(mean - published) <= bound:
        msg = f"{subject.spec.call}: mean {mean:.9g}, published {published:.9g} ± {bound:.2g}"
        raise WrongValueError(msg)


@check("D1", DTYPED)
def test_floats_keep_their_dtype(subject: BackendUnderTest, case: Case) -> None:
    result = subject.run(case)
    if result.dtype.name != case.dtype:
        msg = f"{subject.spec.call}: operands of {case.dtype} gave {result.dtype.name}"
        error = WrongDtypeError(msg)
        raise error if subject.declares else Measured.instead_of(error)
