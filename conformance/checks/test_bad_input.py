"""B: bad input gets an exception, not a number."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.checks.bad_operands import (
    DEFINED_PADDINGS,
    DTYPES,
    IMAGES,
    KERNELS,
    PADDINGS,
    RANKS,
    Bad,
)
from conv2d_conformance.checks.registry import check
from conv2d_conformance.definition.conventions import output_size
from conv2d_conformance.errors import (
    NO_ANSWER,
    AcceptedError,
    Measured,
    NonconformanceError,
    WrongShapeError,
)

if TYPE_CHECKING:
    from conv2d_conformance.under_test.backend import BackendUnderTest

    Result = np.ndarray[tuple[int, ...], np.dtype[np.generic]]


def give(subject: BackendUnderTest, bad: Bad) -> Result | None:
    """The call's answer to bad input; None if it is an exception, `Unsupported` included.

    Raises
    ------
    TimedOutError, ExitedError
        If the call does not return: that is not a refusal.
    """
    img, k = np.ones(bad.image, bad.dtypes[0]), np.ones(bad.kernel, bad.dtypes[1])
    padding = (*subject.paddings, "same")[0] if bad.padding is None else bad.padding
    try:
        return np.asarray(subject.risked.conv2d(img, k, padding))  # type: ignore[arg-type]
    except NO_ANSWER:
        raise
    except Exception:  # noqa: BLE001  (any exception is the right answer)
        return None


def refuse(subject: BackendUnderTest, bad: Bad) -> None:
    """The call gives no number; with nothing declared, what it gives is a fact."""
    answer = give(subject, bad)
    if answer is not None:
        msg = (
            f"{subject.spec.call}: {bad.id}: gave {answer.dtype.name} of shape {answer.shape} "
            f"for image {bad.image} {bad.dtypes[0]} and kernel {bad.kernel} {bad.dtypes[1]}"
        )
        raise deviation(subject, bad, answer, AcceptedError(msg))


def deviation(
    subject: BackendUnderTest,
    bad: Bad,
    answer: Result,
    error: NonconformanceError,
    ending: str = "",
) -> Exception:
    """Return the failure of a call that takes bad input; with nothing declared, the fact."""
    if subject.declares:
        return error
    said = f"takes {bad.words}: gives {described(subject, bad, answer)}{ending}"
    return Measured.instead_of(AcceptedError(said))


def described(subject: BackendUnderTest, bad: Bad, answer: Result) -> str:
    """Return an answer in words: what a known padding gives too, or else dtype and shape."""
    unknown = bad.padding not in (None, *DEFINED_PADDINGS)
    for padding in subject.paddings if unknown else ():
        if alike(answer, answer_or_none(subject, replace(bad, padding=padding))):
            return f"what {padding!r} gives"
    return f"{answer.dtype.name} of shape {answer.shape}"


def answer_or_none(subject: BackendUnderTest, operands: Bad) -> Result | None:
    """The call's answer; None also if it does not return."""
    try:
        return give(subject, operands)
    except NO_ANSWER:
        return None


def alike(one: Result, other: Result | None) -> bool:
    """Whether two answers are equal in dtype, shape and value."""
    return other is not None and one.dtype == other.dtype and np.array_equal(one, other)


@check("B1", RANKS)
def test_operands_of_the_wrong_rank_are_refused(subject: BackendUnderTest, case: Bad) -> None:
    refuse(subject, case)


@check("B2", PADDINGS)
def test_an_unknown_padding_is_refused(subject: BackendUnderTest, case: Bad) -> None:
    refuse(subject, case)


@check("B3", KERNELS)
def test_an_empty_kernel_is_refused(subject: BackendUnderTest, case: Bad) -> None:
    refuse(subject, case)


@check("B4", DTYPES)
def test_operands_of_two_dtypes_are_refused(subject: BackendUnderTest, case: Bad) -> None:
    refuse(subject, case)


@check("B5", IMAGES)
def test_an_empty_image_gives_nothing_but_what_the_definition_gives(
    subject: BackendUnderTest, case: Bad
) -> None:
    answer = give(subject, case)
    if answer is None:
        return
    size = output_size(str(case.padding), case.image, case.kernel)  # type: ignore[arg-type]
    if answer.shape == size and not answer.astype(np.float64).any():
        return
    msg = f"{subject.spec.call}: {case.id}: gave {answer.dtype.name} of shape {answer.shape}"
    shaped = answer.shape == size
    ending = " with values that no pixel has" if shaped else f", not {size}"
    kind = AcceptedError if shaped else WrongShapeError
    error = kind(f"{msg}{ending}", claim="right or refused")
    raise deviation(subject, case, answer, error, ending)
