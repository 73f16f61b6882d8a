"""H, N of layers: operands, results and what is not finite stay apart in batches and channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.cases.special_layers import BATCH, CHANNELS_LAST, NON_FINITE_LAYERS
from conv2d_conformance.checks import assertions
from conv2d_conformance.checks.layer_assertions import bound_of, hold, what
from conv2d_conformance.checks.registry import check
from conv2d_conformance.errors import (
    MutatedInputError,
    RaisedError,
    Refused,
    StaleOutputError,
    WrongShapeError,
    WrongValueError,
)

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.cases.special_layers import NonFiniteLayer
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.under_test.backend import BackendUnderTest

# More than the buffers that a call would take in turn.
LATER = 16


def sized(subject: BackendUnderTest, layer: Layer, img: Array, k: Array) -> Array:
    """Call on a layer's operands; the result has its shape."""
    expected, result = subject.layers.size(layer), subject.layers.call_with(layer, img, k)
    if result.shape != expected:
        msg = f"{what(subject, layer)}: gave shape {result.shape}, expected {expected}"
        raise WrongShapeError(msg)
    return result


def assert_right(
    subject: BackendUnderTest, layer: Layer, img: Array, k: Array, result: Array
) -> None:
    """A result is that of operands that hold a layer's numbers, in whatever order."""
    exact = subject.layers.exact_with(layer, img, k)
    bound = bound_of(subject, layer, exact)
    assertions.assert_within(subject, what(subject, layer), result, exact, bound, lambda: "")


@check("H1", (BATCH,))
def test_operands_of_a_layer_are_left_untouched(subject: BackendUnderTest, case: Layer) -> None:
    img, k = case.arrays()
    before = img.tobytes(), k.tobytes()
    subject.layers.call_with(case, img, k)
    if (img.tobytes(), k.tobytes()) != before:
        msg = f"{what(subject, case)}: changed its operands"
        raise MutatedInputError(msg)


@check("H3", (BATCH,))
def test_weights_changed_between_calls_of_a_layer_are_read_anew(
    subject: BackendUnderTest, case: Layer
) -> None:
    img, k = case.arrays()
    for name, operand in (("weights", k), ("image", img)):
        sized(subject, case, img, k)
        # In place, as a step of training does.
        operand[...] = operand[::-1, :, ::-1].copy()
        again = sized(subject, case, img, k)
        fresh = sized(subject, case, img.copy(), k.copy())
        assert_right(subject, case, img, k, fresh)
        if again.tobytes() != fresh.tobytes():
            msg = f"{what(subject, case)}: {name} changed in place: read as before"
            raise StaleOutputError(msg)


@check("H3", (BATCH,))
def test_a_later_call_leaves_an_earlier_result_of_a_layer_alone(
    subject: BackendUnderTest, case: Layer
) -> None:
    img, k = case.arrays()
    first = sized(subject, case, img, k)
    kept = first.tobytes()
    for _ in range(LATER):
        sized(subject, case, img[::-1].copy(), k[::-1].copy())
    if first.tobytes() != kept:
        msg = f"{what(subject, case)}: a later call changed the result of an earlier one"
        raise StaleOutputError(msg)


@check("H3", (BATCH,))
def test_the_results_of_equal_images_share_no_memory(
    subject: BackendUnderTest, case: Layer
) -> None:
    img, k = case.arrays()
    img[1:] = img[0]
    first, *others = sized(subject, case, img, k)
    if any(np.shares_memory(first, other) for other in others):
        msg = f"{what(subject, case)}: the results of equal images share their memory"
        raise StaleOutputError(msg, claim="batch apart")


@check("H2", CHANNELS_LAST)
def test_views_with_channels_last_give_the_same_layer(
    subject: BackendUnderTest, case: Layer
) -> None:
    img, k = map(np.ascontiguousarray, case.arrays())
    sized(subject, case, img, k)  # a call that caches by shape and dtype has now done so
    try:
        result = sized(subject, case, *case.arrays())
    except RaisedError as refusal:
        raise Refused(str(refusal)) from refusal
    exact = subject.layers.exact(case)
    hold(subject, case, result, exact, bound_of(subject, case, exact))


def outputs(subject: BackendUnderTest, case: NonFiniteLayer) -> tuple[Array, Array]:
    """Return which outputs read what is not finite, and which are not finite."""
    odd = [~np.isfinite(a) for a in case.arrays()]
    read = [a if a.any() else ~a for a in odd]
    exact = subject.layers.exact_with(case, *(a.astype(np.float64) for a in read))
    with np.errstate(all="ignore"):
        result = sized(subject, case, *case.arrays())
    return exact.value > 0, ~np.isfinite(result.astype(np.float64))


@check("N1", NON_FINITE_LAYERS)
def test_what_is_not_finite_in_a_layer_reaches_every_output_that_reads_it(
    subject: BackendUnderTest, case: NonFiniteLayer
) -> None:
    reads, found = outputs(subject, case)
    if (reads & ~found).any():
        at = tuple(int(i) for i in np.argwhere(reads & ~found)[0])
        odd = f"a {case.where} of {case.value}"
        msg = f"{what(subject, case)}: the output at {at} reads {odd} and is finite"
        raise WrongValueError(msg)


@check("N2", NON_FINITE_LAYERS)
def test_what_is_not_finite_in_a_layer_stays_where_it_is_read(
    subject: BackendUnderTest, case: NonFiniteLayer
) -> None:
    reads, found = outputs(subject, case)
    if not subject.layers.sums_directly(case.finite):
        # An FFT mixes the pixels of a plane, but no two images and no two outputs.
        reads = np.broadcast_to(reads.any((2, 3), keepdims=True), reads.shape)
    if (found & ~reads).any():
        at = tuple(int(i) for i in np.argwhere(found & ~reads)[0])
        msg = (
            f"{what(subject, case)}: {case.value} of a {case.where} reaches the output at {at}, "
            "which does not read it"
        )
        raise WrongValueError(msg)
