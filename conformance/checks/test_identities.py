"""I: identities of every convolution, under any conventions; they need no reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.cases.planes import FEW_CASES
from conv2d_conformance.checks.registry import check
from conv2d_conformance.definition.shown_numbers import tell_apart
from conv2d_conformance.errors import WrongShapeError, WrongValueError

if TYPE_CHECKING:
    from conv2d_conformance.cases.case import Case
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.under_test.backend import BackendUnderTest

# Odd kernels only: flipping moves an even kernel's extra pixel to the other side.
CENTRED = tuple(case for case in FEW_CASES if case.kernel[0] % 2 and case.kernel[1] % 2)
VALID = tuple(case for case in FEW_CASES if case.padding == "valid")


def agree(subject: BackendUnderTest, claim: str, one: Array, other: Array) -> None:
    """Two results of integers are equal, to the nearest integer where an FFT computed them."""
    if one.shape != other.shape:
        msg = f"{subject.spec.call}: {claim}: shapes {one.shape} and {other.shape}"
        raise WrongShapeError(msg)
    wide = np.complex128 if "c" in (one.dtype.kind, other.dtype.kind) else np.float64
    apart = np.abs(one.astype(wide) - other.astype(wide))
    wrong = apart > (0 if subject.sums_directly_in(FEW_CASES[0].dtype) else 0.5)
    if wrong.any():
        at = tuple(int(i) for i in np.argwhere(wrong)[0])
        first, second = tell_apart(one[at], other[at])
        msg = f"{subject.spec.call}: {claim} fails at {at}: {first} and {second}"
        raise WrongValueError(msg)


def small(case: Case) -> tuple[Array, Array]:
    """Operands whose sums stay far below the dtype's largest integer."""
    img, k = case.arrays()
    return np.sign(img) * (np.abs(img) % 64), np.sign(k) * (np.abs(k) % 64)


@check("I1", FEW_CASES)
def test_a_sum_of_images_gives_the_sum_of_results(subject: BackendUnderTest, case: Case) -> None:
    img, k = small(case)
    other = img[::-1].copy()
    parts = subject.call(img, k, case.padding_word) + subject.call(other, k, case.padding_word)
    agree(
        subject,
        "conv(x + y) = conv(x) + conv(y)",
        subject.call(img + other, k, case.padding_word),
        parts,
    )


@check("I2", VALID)
def test_a_shifted_image_gives_the_shifted_result(subject: BackendUnderTest, case: Case) -> None:
    img, k = small(case)
    rolled = np.roll(img, (1, 1), (0, 1))
    whole, moved = subject.call(img, k, "valid"), subject.call(rolled, k, "valid")
    agree(subject, "conv(shift x) = shift conv(x)", moved[1:, 1:], whole[:-1, :-1])


@check("I3", CENTRED)
def test_flipping_image_and_kernel_flips_the_result(subject: BackendUnderTest, case: Case) -> None:
    img, k = small(case)
    whole = subject.call(img, k, case.padding_word)
    transposed = (subject.conventions.orientation or "").startswith("transposed")
    for axis in (0, 1):
        kernel = np.flip(k, 1 - axis if transposed else axis).copy()
        flipped = subject.call(np.flip(img, axis).copy(), kernel, case.padding_word)
        agree(
            subject,
            f"conv(flip x, flip k) = flip conv(x, k), axis {axis}",
            flipped,
            np.flip(whole, axis),
        )
