"""Assertions that checks share: shape first, then values, with a message that is a bug report."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.definition import error_bounds
from conv2d_conformance.definition.correlation import shape_of
from conv2d_conformance.definition.shown_numbers import tell_apart
from conv2d_conformance.diagnosis.misreadings import explain
from conv2d_conformance.errors import (
    NO_ANSWER,
    RaisedError,
    StaleOutputError,
    WrongDtypeError,
    WrongShapeError,
    WrongValueError,
)
from conv2d_conformance.under_test.backend import Margin

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conv2d_conformance.definition.correlation import Array, Exact, Floats
    from conv2d_conformance.under_test.backend import BackendUnderTest

# Integers below it are small.
SMALL = 4


def assert_same_at_once(
    subject: BackendUnderTest,
    what: str,
    operands: Sequence[Sequence[Any]],
    alone: Sequence[bytes],
    times: int,
) -> None:
    """Calls of as many threads as there are operands give what each call alone does."""
    try:
        results = subject.runner.at_once("conv2d", operands, times)
    except NO_ANSWER:
        raise
    except Exception as error:
        msg = f"{what} raised {type(error).__name__} in a thread: {error}"
        raise RaisedError(msg) from error
    wrong = sum(bits != one for one, many in zip(alone, results, strict=True) for bits in many)
    if wrong:
        msg = (
            f"{what}: {wrong} of {len(operands) * times} calls, made by {len(operands)} threads at "
            "once, gave what the same call alone does not give"
        )
        raise StaleOutputError(msg)


def assert_shape_and_dtype(
    subject: BackendUnderTest, img: Array, k: Array, padding: str, result: Array
) -> None:
    """The result has the shape that the padding gives, and the dtype that the operands' gives."""
    expected = subject.size(img, k, padding)
    if result.shape != expected:
        msg = (
            f"{subject.spec.call}, padding {padding!r}: image {img.shape} and kernel {k.shape} "
            f"gave shape {result.shape}, expected {expected}"
        )
        raise WrongShapeError(msg)
    elsewhere = subject.probe.dtypes.get(img.dtype.name, result.dtype.name)
    if result.dtype.name != elsewhere:
        msg = (
            f"{subject.spec.call}, padding {padding!r}: image {img.shape} and kernel {k.shape} of "
            f"{img.dtype.name} gave {result.dtype.name}, and {elsewhere} at another size"
        )
        raise WrongDtypeError(msg)


def assert_exact(
    subject: BackendUnderTest, img: Array, k: Array, padding: str, result: Array
) -> None:
    """Every element is the exact integer, or within the norm-wise bound of an FFT.

    The norms of large integers would hide an error of some units; where a call that declares
    nothing leaves them inexact, small ones are asked for too.
    """
    assert_shape_and_dtype(subject, img, k, padding, result)
    exact = subject.exact(img, k, padding)
    bound = np.zeros(result.shape)
    if exact.error_of(result).any():
        bound = integer_bound(subject, img, k, padding, exact, result.dtype)
    assert_values(subject, img, k, padding, result, exact, bound)
    small = [np.array(np.sign(a) * (np.abs(a) % SMALL), a.dtype) for a in (img, k)]
    if bound.any() and not subject.declares and max(np.abs(a).max() for a in (img, k)) >= SMALL:
        again = subject.call(small[0], small[1], padding)
        assert_exact(subject, small[0], small[1], padding, again)


def integer_bound(
    subject: BackendUnderTest,
    img: Array,
    k: Array,
    padding: str,
    exact: Exact,
    given: np.dtype[Any],
) -> Floats:
    """Return the bound for integers; ``given`` is the dtype of the result."""
    direct = subject.planes.sums_directly_on(img, k, padding)
    return error_bounds.tolerance(img, k, exact, direct=direct, integers=True, given=given)


def assert_close(
    subject: BackendUnderTest, img: Array, k: Array, padding: str, result: Array
) -> None:
    """Every element is within the bound of correct summation in the operands' dtype."""
    assert_shape_and_dtype(subject, img, k, padding, result)
    exact = subject.exact(img, k, padding)
    bound = rounding_bound(subject, img, k, padding, exact)
    assert_values(subject, img, k, padding, result, exact, bound)


def rounding_bound(
    subject: BackendUnderTest, img: Array, k: Array, padding: str, exact: Exact
) -> Floats:
    """Return the bound for the algorithm that the backend shows on such operands."""
    direct = subject.planes.sums_directly_on(img, k, padding)
    return error_bounds.tolerance(img, k, exact, direct=direct, integers=False)


def assert_blocks_close(
    subject: BackendUnderTest, img: Array, k: Array, padding: str, result: Array
) -> None:
    """As `assert_close`, on blocks of 8×8 at the corners and the centre of a large result."""
    assert_shape_and_dtype(subject, img, k, padding, result)
    rows, columns = (sorted({0, max(n // 2 - 4, 0), max(n - 8, 0)}) for n in result.shape)
    for corner in product(rows, columns):
        block = result[corner[0] : corner[0] + 8, corner[1] : corner[1] + 8]
        exact = subject.exact(img, k, padding, corner, shape_of(block))
        if not (exact.error_of(block) <= rounding_bound(subject, img, k, padding, exact)).all():
            assert_close(subject, img, k, padding, result)


def assert_values(
    subject: BackendUnderTest,
    img: Array,
    k: Array,
    padding: str,
    result: Array,
    exact: Exact,
    bound: Floats,
) -> None:
    """No error exceeds its bound."""
    what = f"{subject.spec.call}, padding {padding!r}, image {img.shape} and kernel {k.shape}"
    assert_within(
        subject,
        f"{what} of {img.dtype}",
        result,
        exact,
        bound,
        lambda: explain.of_plane(
            img,
            k,
            padding,
            result,
            conventions=subject.conventions,
            direct=subject.planes.sums_directly_on(img, k, padding),
            exact=exact,
        ),
    )


def fill_freed_memory(nbytes: int, byte: int = 0xFF) -> None:
    """Free memory filled with one byte, so that the next result may reuse it; ``0xFF`` is NaN."""
    held = [np.full(nbytes, byte, np.uint8) for _ in range(4)]
    del held


def assert_within(
    subject: BackendUnderTest,
    what: str,
    result: Array,
    exact: Exact,
    bound: Floats,
    diagnose: Callable[[], str],
) -> None:
    """No error exceeds its bound; the worst one is recorded as the backend's margin."""
    if not result.size:
        return
    error = exact.error_of(result)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(error == 0, 0.0, error / bound)
    ratio[np.isnan(error)] = np.inf
    worst = tuple(int(i) for i in np.unravel_index(np.argmax(ratio), ratio.shape))
    subject.margin = Margin(float(ratio[worst]), worst)
    if ratio[worst] <= 1:
        return
    first = tuple(int(i) for i in np.argwhere(ratio > 1)[0])
    wrong = int((ratio > 1).sum())
    expected, got = tell_apart(exact.value[first], result[first], exact.low[first])
    msg = (
        f"{what}: {wrong} of {ratio.size} elements are wrong. First at {first}: expected "
        f"{expected}, got {got}; the error {error[first]:.3g} exceeds "
        f"the bound {bound[first]:.3g}. "
    ) + diagnose()
    raise WrongValueError(msg, bound=bound)
