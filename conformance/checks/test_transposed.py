"""A: transposed convolution, the adjoint of a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.cases import transposed_tables
from conv2d_conformance.checks.layer_assertions import refused_as_declared, right
from conv2d_conformance.checks.registry import NamedCase, check
from conv2d_conformance.errors import Refused, WrongFactError

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.under_test.backend import BackendUnderTest

DECLARED = tuple(NamedCase(fact) for fact in ("reads", "ends", "anchor", "output_padding"))


@check("A1", transposed_tables.INTEGERS, operation="conv_transpose2d")
def test_a_transposed_layer_of_integers_is_exact(subject: BackendUnderTest, case: Layer) -> None:
    right(subject, case)


@check("A2", transposed_tables.REAL, operation="conv_transpose2d")
def test_a_transposed_layer_of_real_data_stays_within_the_error_bound(
    subject: BackendUnderTest, case: Layer
) -> None:
    right(subject, case)


@check("A3", (NamedCase("index-maps"),), operation="conv_transpose2d")
def test_one_rule_explains_every_transposed_index_map(
    subject: BackendUnderTest, case: NamedCase
) -> None:
    complaints = subject.layers.facts()["complaints"]
    if complaints:
        msg = f"{subject.spec.name}: {len(complaints)} maps are inconsistent. {complaints[0]}"
        raise WrongFactError(msg)


@check("A4", DECLARED, operation="conv_transpose2d")
def test_a_transposed_call_has_the_facts_that_it_declares(
    subject: BackendUnderTest, case: NamedCase
) -> None:
    declared, measured = getattr(subject.spec, case.id), subject.layers.facts()[case.id]
    if declared is None:
        reason = f"the adapter declares nothing of {case.id!r}"
        raise Refused(reason)
    if measured not in (declared, {"rows": declared, "columns": declared}):
        msg = f"{subject.spec.name}: {case.id}: declared {declared!r}, measured {measured!r}"
        raise WrongFactError(msg)


@check("A5", (NamedCase("declared-refusals"),), operation="conv_transpose2d")
def test_a_transposed_call_refuses_what_it_declares(
    subject: BackendUnderTest, case: NamedCase
) -> None:
    refused_as_declared(subject, transposed_tables.INTEGERS)
