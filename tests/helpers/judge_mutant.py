"""Holds one call to one check, as the matrix does, without a run of pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends.protocol import FLOATS, Unsupported
from conv2d_conformance.cases.layers import is_layer
from conv2d_conformance.checks.registry import REGISTERED, load_checks
from conv2d_conformance.errors import Measured, NonconformanceError, NotRun, Refused
from conv2d_conformance.under_test.backend import BackendUnderTest
from tests.mutants import direct, honest
from tests.mutants.planes import Plane

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Algorithm
    from conv2d_conformance.checks.registry import Check
    from tests.mutants.direct import Conv2d

load_checks()

# The check that a backend loads at all.
LOADING = "test_a_backend_that_was_asked_for_loads"
HONEST: dict[str, Conv2d] = {
    "direct": direct.conv2d,
    "backwards": honest.backwards,
    "shuffled": honest.shuffled,
    "pairwise": honest.pairwise,
    "kahan": honest.kahan,
    "wide-inside": honest.wide_inside,
    "fused": honest.fused,
    "fourier": honest.fourier,
}


class NoBenchmark:
    """Stands for pytest-benchmark, switched off."""

    stats = None

    def pedantic(self, *_: object, **__: object) -> None:
        """Take no time."""


def outcome_with(
    function: Conv2d,
    algorithm: Algorithm = "direct",
    *,
    compiles: bool = False,
    dtypes: tuple[str, ...] = FLOATS,
    budget: float = 0.05,
) -> BackendUnderTest:
    """``budget`` leaves sizes out of the timed ones: little for what passes on all of them."""
    adapter = Plane(function, algorithm, compiles=compiles, dtypes=dtypes)
    subject = BackendUnderTest(adapter, seconds=2)
    subject.clock.budget = budget
    return subject


def check_named(name: str) -> Check:
    """A check by the name of its function."""
    return REGISTERED[name]


def is_of_layers(check: Check) -> bool:
    """Whether a check calls a convolution on layers, other than to time it."""
    section, first = check.clause.section, check.cases[0]
    convolved = check.operation == "conv2d" and is_layer(first) and section != "timing"
    return section == "layers" or convolved


def outcome(subject: BackendUnderTest, check: Check) -> NonconformanceError | None:
    """The first failure of a check on its cases."""
    fixtures: dict[str, Any] = {"stopwatch": NoBenchmark} if check.clause.id == "T1" else {}
    for case in check.cases_for(subject):
        try:
            check.run(subject, case, **fixtures)
        except NonconformanceError as failure:
            return failure
        except (Unsupported, Refused, Measured, NotRun):
            continue
    return None
