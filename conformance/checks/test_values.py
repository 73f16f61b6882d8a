"""V, D: the numbers, and the dtype they come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.cases import question
from conv2d_conformance.cases.planes import DTYPED, INTEGERS, REAL, Case
from conv2d_conformance.checks import assertions
from conv2d_conformance.checks.registry import Named, check
from conv2d_conformance.errors import Refused, WrongDtypeError, WrongValueError

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.under_test.backend import Subject


@check("V1", INTEGERS)
def test_sums_of_small_integers_are_exact(subject: Subject, case: Case) -> None:
    assertions.exactly(subject, *case.arrays(), case.padding, subject.run(case))


@check("V2", REAL)
def test_real_data_stay_within_the_error_bound(subject: Subject, case: Case) -> None:
    assertions.closely(subject, *case.arrays(), case.padding, subject.run(case))


def asked(subject: Subject) -> tuple[Array, Array]:
    """The question's operands, for a call that can answer it."""
    if "same" not in subject.paddings or "float32" not in subject.dtypes:
        reason = "the question is about 'same' on float32, which the call does not take"
        raise Refused(reason)
    return question.image(), question.kernel()


@check("V3", (Named("elements"),))
def test_the_questions_example_is_right_in_every_element(subject: Subject, case: Named) -> None:
    img, k = asked(subject)
    assertions.closely(subject, img, k, "same", subject.call(img, k, "same"))


@check("V3", (Named("mean-of-k"), Named("mean-of-k-transposed")))
def test_the_questions_published_mean_comes_out(subject: Subject, case: Named) -> None:
    img, k = asked(subject)
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
    bound = float(np.mean(assertions.honest(subject, img, k, exact)))
    if not abs(mean - published) <= bound:
        msg = f"{subject.spec.call}: mean {mean:.9g}, published {published:.9g} ± {bound:.2g}"
        raise WrongValueError(msg)


@check("D1", DTYPED)
def test_floats_keep_their_dtype(subject: Subject, case: Case) -> None:
    result = subject.run(case)
    if result.dtype.name != case.dtype:
        msg = f"{subject.spec.call}: operands of {case.dtype} gave {result.dtype.name}"
        raise WrongDtypeError(msg) if subject.declares else Refused(f"declares nothing; {msg}")
