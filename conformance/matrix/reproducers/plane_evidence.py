"""The evidence of a failing plane: the wrong call among those that a check made."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.backends.protocol import Unsupported
from conv2d_conformance.cases.case import CASE_PADDINGS, Case
from conv2d_conformance.checks import assertions
from conv2d_conformance.definition.conventions import Conventions, output_size
from conv2d_conformance.definition.correlation import correlate, orient, shape_of
from conv2d_conformance.definition.dtypes import largest_exact
from conv2d_conformance.errors import NonconformanceError
from conv2d_conformance.matrix.reproducers.evidence import Convention, Evidence, Expected, Part
from conv2d_conformance.probe.probe_shapes import IMAGES, KERNELS

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array, Exact, Floats
    from conv2d_conformance.errors import Claim
    from conv2d_conformance.runtime.call_log import RecordedCall
    from conv2d_conformance.under_test.backend import BackendUnderTest


def plane_evidence(subject: BackendUnderTest, error: BaseException) -> Evidence | None:
    """Return the call that a failure is about; None if there is none, as for a missing backend."""
    hints = error if isinstance(error, NonconformanceError) else NonconformanceError("")
    if isinstance(hints.conventions, Conventions):
        return _counterexample(subject, hints.conventions)
    if hints.operands is not None:
        _try(subject, *hints.operands)
    if not subject.calls:
        return None
    claim = hints.claim
    if claim in ("right", "right or refused") and hints.bound is None:
        return _first_wrong(subject, claim)
    call = subject.calls[0 if hints.first_call else -1]
    return _evidence(subject, claim, call, subject.conventions, hints.bound)


def _counterexample(subject: BackendUnderTest, conventions: Conventions) -> Evidence | None:
    """Find the first call, over the probe's shapes, that deviates from the conventions."""
    paddings = subject.probe.supported_paddings
    if not paddings:
        _try(subject, *Case(IMAGES[0], KERNELS[0]).arrays(), "same")
        return _undefined("taken", subject.calls[-1])
    for padding, image, kernel in product(paddings, IMAGES, KERNELS):
        case = Case(image, kernel, padding, str(subject.probe.dtype))
        _try(subject, *case.arrays(), padding)
        found = _evidence(subject, "right", subject.calls[-1], conventions)
        (part,) = found.parts
        if part.differs and part.result is not None:
            return found
    return None


def _try(subject: BackendUnderTest, img: Array, k: Array, padding: str) -> None:
    """Make a call only to record it; ignore what it raises."""
    try:
        subject.call(img, k, padding)
    except (Unsupported, NonconformanceError):
        return


def _first_wrong(subject: BackendUnderTest, claim: Claim) -> Evidence:
    """Return the first call that is wrong by itself, or the last call."""
    calls = list(subject.calls)
    every = [_evidence(subject, claim, call, subject.conventions) for call in calls]
    return next((found for found in every if found.parts[0].differs), every[-1])


def _evidence(
    subject: BackendUnderTest,
    claim: Claim,
    call: RecordedCall,
    conventions: Conventions,
    bound: Floats | None = None,
) -> Evidence:
    if claim == "right" and not call.plain:
        claim = "right or refused"
    img, k = call.img.values, call.k.values
    defined = img.ndim == k.ndim == 2 and k.size and call.padding in CASE_PADDINGS
    if claim in ("right", "right or refused") and not defined:
        claim = "refused"
    if not defined or claim in ("refused", "refused or empty"):
        return _undefined(claim, call)
    convention, exact = expected_result(subject, call, conventions)
    if bound is None:
        bound = _bound(subject, img, k, call.padding, exact)
    part = Part("", call.result, Expected(exact, bound))
    return replace(_undefined(claim, call), parts=(part,), convention=convention)


def _undefined(claim: Claim, call: RecordedCall) -> Evidence:
    """Return the evidence of a call without an expected result."""
    return Evidence(claim, {"img": call.img, "k": call.k}, call.padding, (Part("", call.result),))


def expected_result(
    subject: BackendUnderTest, call: RecordedCall, conventions: Conventions
) -> tuple[Convention, Exact]:
    """Return the exact result under the conventions; the declaration fills what they leave open."""
    img, k, spec = call.img.values, call.k.values, subject.spec
    orientation = conventions.orientation or spec.orientation or "correlation"
    boundary = conventions.boundary or spec.boundary or "zeros"
    if not img.size:  # nothing to reflect or repeat
        img, boundary = np.zeros((1, 1), img.dtype), "zeros"
    reads = orient(k, orientation)
    before = conventions.before(call.padding, shape_of(reads))
    size = output_size(call.padding, shape_of(call.img.values), shape_of(reads))
    with np.errstate(invalid="ignore"):  # infinity less infinity
        exact = correlate(img, reads, before=before, size=size, boundary=boundary)
    return Convention(orientation, boundary, before), exact


def _bound(subject: BackendUnderTest, img: Array, k: Array, padding: str, exact: Exact) -> Floats:
    if not img.size:
        img = np.zeros((1, 1), img.dtype)
    if _sums_are_exact(img, k, exact):
        return assertions.integer_bound(subject, img, k, padding, exact, img.dtype)
    return assertions.rounding_bound(subject, img, k, padding, exact)


def _sums_are_exact(img: Array, k: Array, exact: Exact) -> bool:
    """Return whether every partial sum is exact in the dtype: small integers, or one product."""
    if any(np.count_nonzero(a) == 1 and (a == 1).any() for a in (img, k)):
        return True
    whole = all((a == np.rint(a.astype(np.float64))).all() for a in (img, k))
    return bool(whole and (exact.scale <= min(largest_exact(img.dtype), 2**53)).all())
