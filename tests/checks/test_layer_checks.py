"""What is measured of a call as a layer: its options, and how ``same`` pads with a stride."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.backends.find_adapter import BareFunction
from conv2d_conformance.backends.protocol import PLAIN_OPTIONS, Unsupported
from conv2d_conformance.cases.layers import parse
from conv2d_conformance.checks.registry import REGISTERED
from conv2d_conformance.definition.padding import SAME_PADDING_RULES, SamePaddingRule
from conv2d_conformance.errors import Refused
from conv2d_conformance.under_test.backend import BackendUnderTest
from conv2d_conformance.under_test.layer_calls import STRIDED
from tests.helpers.judge_mutant import outcome
from tests.mutants import direct, layer_faults
from tests.mutants.layer_table import EXACT
from tests.mutants.layers import Layer

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Backend
    from conv2d_conformance.definition.correlation import Array

STRIDED_SAME = parse("n2c3o4/8x9-by-3x2/same/s2x3")


def padding_by(rule: SamePaddingRule) -> type[Layer]:
    """A layer that is right but for its rule of ``same``."""
    lower, unstrided = rule.align == "lower", rule.strided == "input"
    return layer_faults.same(lambda _: True, lower=lower, unstrided=unstrided)


@pytest.mark.parametrize("rule", SAME_PADDING_RULES, ids=str)
def test_the_rule_of_same_is_read_off_the_calls(rule: SamePaddingRule) -> None:
    assert BackendUnderTest(padding_by(rule)()).layers.expectation.rule == rule


@pytest.mark.parametrize("rule", SAME_PADDING_RULES, ids=str)
def test_a_call_is_held_to_the_rule_that_it_was_measured_to_have(rule: SamePaddingRule) -> None:
    layers = BackendUnderTest(padding_by(rule)()).layers
    assert not layers.exact(STRIDED_SAME).error_of(layers.call(STRIDED_SAME)).any()


@pytest.mark.parametrize("rule", SAME_PADDING_RULES, ids=str)
def test_the_measured_pads_are_those_of_the_rule(rule: SamePaddingRule) -> None:
    padded = BackendUnderTest(padding_by(rule)()).layers.facts()["strided_same_pads"]
    assert padded.keys() == {layer.id for layer in STRIDED}
    assert {name: pads[0] for name, pads in padded.items()} == {
        layer.id: rule.pads(layer)[0][0] for layer in STRIDED
    }


class Undeclared(layer_faults.same(layer_faults.strided, lower=True)):  # type: ignore[misc]
    """``same`` by no rule, and nothing declared of it."""

    spec = replace(Layer.spec, strided_same=None)


def test_without_a_rule_same_is_not_judged_and_explicit_pads_are() -> None:
    layers = BackendUnderTest(Undeclared()).layers
    with pytest.raises(Refused, match="no known rule of `same`"):
        layers.pads(STRIDED_SAME)
    explicit = parse("n2c3o4/8x9-by-3x2/p1x0x2x1/s2x3")
    assert layers.pads(explicit) == explicit.padding


def plain(img: Array, k: Array, padding: str) -> Array:
    return direct.conv2d(img, k, padding)


def strided(img: Array, k: Array, padding: str, stride: Any = 1) -> Array:
    return Layer().conv2d(img, k, padding, stride=stride)  # type: ignore[arg-type]


def anything(img: Array, k: Array, padding: str, **options: Any) -> Array:
    return Layer().conv2d(img, k, padding, **options)  # type: ignore[arg-type]


def undilated(img: Array, k: Array, padding: str, **options: Any) -> Array:
    return anything(img, k, padding, **{**options, "dilation": 1})


def planes_only(img: Array, k: Array, padding: str, stride: Any = 1) -> Array:
    if img.ndim != 2 or not isinstance(padding, str):
        msg = "two planes and a word"
        raise ValueError(msg)
    return strided(img, k, padding, stride)


BARE: dict[str, tuple[Any, tuple[str, ...]]] = {
    "plain": (plain, ()),
    "strided": (strided, ("batch", "stride", "explicit", "negative")),
    "anything": (anything, PLAIN_OPTIONS),
    "planes-only": (planes_only, ("stride",)),
    "built-in": (max, ()),
}


def bare(function: Any) -> BackendUnderTest:
    backend: Backend = BareFunction("mine", function)
    return BackendUnderTest(backend)


@pytest.mark.parametrize("name", BARE)
def test_a_bare_function_has_the_options_with_which_it_gives_a_result(name: str) -> None:
    function, options = BARE[name]
    assert bare(function).layers.options == options


@pytest.mark.parametrize("name", ["plain", "strided", "anything", "planes-only"])
def test_the_options_of_a_bare_function_are_a_fact(name: str) -> None:
    function, options = BARE[name]
    assert bare(function).facts()["layers"]["options"] == list(options)


@pytest.mark.parametrize("name", ["plain", "strided", "anything", "planes-only"])
def test_a_right_bare_function_passes_as_a_layer(name: str) -> None:
    assert outcome(bare(BARE[name][0]), REGISTERED[EXACT]) is None


def test_a_bare_function_that_drops_an_option_is_told_which() -> None:
    failure = outcome(bare(undilated), REGISTERED[EXACT])
    assert "with the dilation ignored" in str(failure)


class Refusing(Layer):
    """Has no stride, and says so; declares nothing."""

    spec = replace(Layer.spec, algorithm=None)

    def conv2d(self, img: Array, k: Array, padding: Any, **options: Any) -> Array:
        if "stride" in options:
            msg = "no stride"
            raise Unsupported(msg)
        return super().conv2d(img, k, padding, **options)


def test_an_option_that_is_refused_is_none_of_a_call_that_declares_nothing() -> None:
    assert "stride" not in BackendUnderTest(Refusing()).layers.options


def test_only_checks_of_layers_take_a_layer_that_is_asked_for() -> None:
    layers = (STRIDED_SAME, parse(f"{STRIDED_SAME.id}/NHWC"))
    taking = {
        check.clause.section for check in REGISTERED.values() if check.requested_cases(layers)
    }
    assert taking == {"layers", "loading"}


def in_pairs(img: Array, k: Array, padding: str, stride: Any = (1, 1)) -> Array:
    rows, columns = stride
    return strided(img, k, padding, (rows, columns))


NUMBERED = parse("n1c3o4/9x9-by-3x3/valid/s2")


@pytest.mark.parametrize(
    ("function", "reason"),
    [(anything, None), (in_pairs, "the call takes steps in pairs alone")],
)
def test_a_bare_function_gets_steps_as_numbers_if_it_takes_them(
    function: Any, reason: str | None
) -> None:
    assert bare(function).layers.lacks(NUMBERED) == reason


def test_a_call_that_declares_its_steps_takes_them_as_numbers() -> None:
    class InPairs(Layer):
        def conv2d(self, img: Array, k: Array, padding: Any, **options: Any) -> Array:
            rows, columns = options.get("stride", (1, 1))
            options["stride"] = rows, columns
            return super().conv2d(img, k, padding, **options)

    failure = outcome(BackendUnderTest(InPairs()), REGISTERED[EXACT])
    assert "cannot unpack non-iterable int" in str(failure)
