"""C: layers, which have batch, channels, stride, dilation, groups and pads of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conv2d_conformance.cases import layer_tables
from conv2d_conformance.checks.layer_assertions import refused_as_declared, right
from conv2d_conformance.checks.registry import NamedCase, check
from conv2d_conformance.errors import (
    Refused,
    WrongFactError,
)

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.under_test.backend import BackendUnderTest

# Has a layer for each combination of words that an adapter declares as refused.
COMBINED = layer_tables.PAIRS + layer_tables.DESIGNED
LAYOUTS = ("NCHW", "NHWC", "channels_first", "channels_last", "strided-weights")
ARRANGED = tuple(
    replace(layer, layout=layout) for layer in layer_tables.DESIGNED for layout in LAYOUTS
)


@check("C1", layer_tables.INTEGERS)
def test_a_layer_of_integers_is_exact(subject: BackendUnderTest, case: Layer) -> None:
    right(subject, case)


@check("C2", layer_tables.REAL)
def test_a_layer_of_real_data_stays_within_the_error_bound(
    subject: BackendUnderTest, case: Layer
) -> None:
    right(subject, case)


@check("C3", ARRANGED)
def test_every_native_layout_gives_the_same_layer(subject: BackendUnderTest, case: Layer) -> None:
    right(subject, case)


@check("C4", (NamedCase("declared-refusals"),))
def test_what_is_declared_as_refused_is_refused(subject: BackendUnderTest, case: NamedCase) -> None:
    refused_as_declared(subject, COMBINED)


@check("C5", (NamedCase("strided-same"),))
def test_same_with_a_stride_pads_as_declared(subject: BackendUnderTest, case: NamedCase) -> None:
    declared = subject.spec.strided_same
    if declared is None:
        reason = "the adapter declares nothing of `same` with a stride"
        raise Refused(reason)
    facts = subject.layers.facts()
    measured = facts["strided_same"]
    if measured != declared:
        msg = f"{subject.spec.name}: declared {declared!r}, measured {measured!r} from the pads "
        raise WrongFactError(msg + str(facts["strided_same_pads"]))
