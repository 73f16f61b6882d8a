"""G, S: which pixel each output pixel reads through each kernel element, and the result's shape."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from conv2d_conformance.cases.planes import SHAPED
from conv2d_conformance.checks import assertions
from conv2d_conformance.checks.registry import NamedCase, check
from conv2d_conformance.definition.conventions import AXES
from conv2d_conformance.errors import Measured, NonconformanceError, Refused, WrongFactError
from conv2d_conformance.probe.probe import LARGER, NO_ANSWER_PREFIXES, REFUSED, larger_operands

if TYPE_CHECKING:
    from conv2d_conformance.cases.case import Case
    from conv2d_conformance.definition.conventions import Axis
    from conv2d_conformance.under_test.backend import BackendUnderTest

PROBED = (NamedCase("index-maps"),)
ONE_AXIS = tuple(
    NamedCase(f"larger_kernel_{axis}{by}") for axis in ("rows", "columns") for by in ("", "_by_one")
)
# Whether there is an error or an empty result may depend on by how much the kernel is larger.
NO_NUMBER = ("raises", "empty")


def hold(
    subject: BackendUnderTest, fact: str, measured: object, declared: object, **hints: Any
) -> None:
    """The measured fact is the declared one; with nothing declared there is nothing to hold.

    ``hints`` say which call shows the difference; see `NonconformanceError`.
    """
    if declared is None:
        reason = f"declares no {fact}; measured: {measured}"
        raise Measured(reason, WrongFactError.symptom)
    if measured != declared:
        msg = f"{subject.spec.call}: declared {fact} {declared}, measured {measured}"
        raise WrongFactError(msg, **hints)


@check("G1", PROBED)
def test_one_convention_explains_every_index_map(
    subject: BackendUnderTest, case: NamedCase
) -> None:
    complaints = subject.conventions.complaints
    if isinstance(subject.probe.first, str) and not subject.probe.dtype:
        require_return(subject.probe.first.removeprefix(REFUSED))
    if complaints:
        more = f" (and {len(complaints) - 3} more)" if len(complaints) > 3 else ""
        msg = (
            f"{subject.spec.call}: its geometry is inconsistent: {'; '.join(complaints[:3])}{more}"
        )
        raise WrongFactError(msg, conventions=subject.conventions)


@check("G2", PROBED)
def test_the_kernel_is_read_in_the_declared_orientation(
    subject: BackendUnderTest, case: NamedCase
) -> None:
    found, declared = subject.conventions, subject.spec.orientation
    means = replace(found, orientation=declared)
    hold(subject, "orientation", found.orientation, declared, conventions=means)


@check("G3", (NamedCase("rows"), NamedCase("columns")))
def test_same_puts_an_even_kernels_extra_pixel_where_declared(
    subject: BackendUnderTest, case: NamedCase
) -> None:
    found, axis = subject.conventions, cast("Axis", case.id)
    even = int(subject.spec.anchor == "lower")
    means = replace(found, shifts={(a, odd): 0 if odd else even for a in AXES for odd in (0, 1)})
    if shift := found.shifts.get((axis, 1), 0):
        msg = f"{subject.spec.call}: 'same' shifts odd kernels by {shift} along the {axis}"
        raise WrongFactError(msg, conventions=means)
    measured, declared = found.anchor(axis), subject.spec.anchor
    hold(subject, f"anchor of {axis}", measured, declared, conventions=means)


@check("G4", PROBED)
def test_what_lies_outside_the_image_is_as_declared(
    subject: BackendUnderTest, case: NamedCase
) -> None:
    found, declared = subject.conventions, subject.spec.boundary
    means = replace(found, boundary=declared)
    hold(subject, "boundary", found.boundary, declared, conventions=means)


def larger(subject: BackendUnderTest, case: NamedCase) -> dict[str, Any]:
    """The call that is to give no number, for the record."""
    operands = larger_operands(LARGER[case.id], subject.probe)
    return {"operands": (*operands, "valid"), "claim": "refused or empty"}


def returned(subject: BackendUnderTest, case: NamedCase) -> str:
    """Return the measured answer, if the call returned.

    Raises
    ------
    TimedOutError, ExitedError
        If the call did not return.
    """
    measured = subject.probe.larger.get(case.id, "unsupported")
    if measured != "unsupported":
        operands = (*larger_operands(LARGER[case.id], subject.probe), "valid")
        require_return(measured, operands=operands)
    return measured


def require_return(answer: str, **hints: Any) -> None:
    """Raise as the measured call did, if its answer is that it did not return."""
    for kind, prefix in NO_ANSWER_PREFIXES.items():
        if answer.startswith(prefix):
            said = answer.removeprefix(prefix)
            raise kind(said, **hints) if issubclass(kind, NonconformanceError) else kind(said)


@check("G5", (NamedCase("larger_kernel"), NamedCase("larger_kernel_by_one")))
def test_valid_with_a_larger_kernel_does_what_is_declared(
    subject: BackendUnderTest, case: NamedCase
) -> None:
    measured = returned(subject, case)
    if measured == "unsupported":
        reason = "the call has no 'valid' padding"
        raise Refused(reason)
    declared = subject.spec.larger_kernel
    hints = larger(subject, case) if declared in NO_NUMBER else {}
    if case.id.endswith("by_one") and measured in NO_NUMBER and declared in NO_NUMBER:
        return
    hold(subject, "valid with a larger kernel", measured, declared, **hints)


@check("G5", ONE_AXIS)
def test_valid_with_a_kernel_larger_in_one_axis_gives_no_number(
    subject: BackendUnderTest, case: NamedCase
) -> None:
    measured = returned(subject, case)
    if measured not in (*NO_NUMBER, "unsupported"):
        msg = f"{subject.spec.call}: a kernel larger than the image in one axis gave {measured}"
        error = WrongFactError(msg, **larger(subject, case))
        raise error if subject.declares else Measured.instead_of(error)


@check("S1", SHAPED["valid"])
def test_valid_loses_a_kernel_less_one_pixel(subject: BackendUnderTest, case: Case) -> None:
    assertions.assert_shape_and_dtype(subject, *case.arrays(), case.padding_word, subject.run(case))


@check("S2", SHAPED["same"])
def test_same_keeps_the_image_shape(subject: BackendUnderTest, case: Case) -> None:
    assertions.assert_shape_and_dtype(subject, *case.arrays(), case.padding_word, subject.run(case))


@check("S3", SHAPED["full"])
def test_full_gains_a_kernel_less_one_pixel(subject: BackendUnderTest, case: Case) -> None:
    assertions.assert_shape_and_dtype(subject, *case.arrays(), case.padding_word, subject.run(case))
