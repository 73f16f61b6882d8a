"""B: bad input gets an exception, not a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.checks.registry import check
from conv2d_conformance.definition.conventions import output_size
from conv2d_conformance.errors import (
    NO_ANSWER,
    AcceptedError,
    Refused,
    WrongShapeError,
)

if TYPE_CHECKING:
    from conv2d_conformance.under_test.backend import BackendUnderTest


@dataclass(frozen=True)
class Bad:
    """Operands of ones, by shape and dtype, and a padding; None is the first that is declared."""

    id: str
    image: tuple[int, ...] = (5, 6)
    kernel: tuple[int, ...] = (3, 3)
    dtypes: tuple[str, str] = ("float32", "float32")
    padding: str | None = None

    def definition(self) -> str:
        """The fields themselves."""
        return repr(self)


RANKS = (
    Bad("image-1d", image=(5,)),
    Bad("image-3d", image=(2, 5, 6)),
    Bad("kernel-1d", kernel=(3,)),
    Bad("kernel-3d", kernel=(2, 3, 3)),
    Bad("both-1d", image=(5,), kernel=(3,)),
    Bad("both-3d", image=(4, 5, 6), kernel=(2, 3, 3)),
)
PADDINGS = (Bad("unknown-word", padding="sane"), Bad("empty-word", padding=""))
KERNELS = (
    Bad("kernel-0x3", kernel=(0, 3)),
    Bad("kernel-3x0", kernel=(3, 0)),
    Bad("kernel-0x0", kernel=(0, 0)),
)
DTYPES = (
    Bad("float32-float64", dtypes=("float32", "float64")),
    Bad("float64-float32", dtypes=("float64", "float32")),
    Bad("float32-int32", dtypes=("float32", "int32")),
)
IMAGES = tuple(
    Bad(f"image-{h}x{w}/{padding}", image=(h, w), padding=padding)
    for h, w in ((0, 6), (5, 0), (0, 0))
    for padding in ("valid", "same", "full")
)


def give(
    subject: BackendUnderTest, bad: Bad
) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]] | None:
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
        raise AcceptedError(msg) if subject.declares else Refused(f"declares nothing; {msg}")


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
    if not subject.declares:
        reason = f"declares nothing; {msg}"
        raise Refused(reason)
    if answer.shape != size:
        msg = f"{msg}, not {size}"
        raise WrongShapeError(msg, claim="right or refused")
    msg = f"{msg} with values that no pixel has"
    raise AcceptedError(msg, claim="right or refused")
