"""Every check catches a slip, every slip is caught, and no honest call is turned away."""

from __future__ import annotations

import contextlib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance import checks
from conv2d_conformance.backends.protocol import FLOATS, Spec, Unsupported
from conv2d_conformance.cases.planes import INTEGERS
from conv2d_conformance.checks.expected_failures import EXPECTED_FAILURES
from conv2d_conformance.checks.registry import REGISTERED, Check
from conv2d_conformance.errors import SYMPTOMS, NonconformanceError, RaisedError, Refused
from conv2d_conformance.under_test.backend import BackendUnderTest, MissingBackend
from tests.mutants import arithmetic, direct, honest
from tests.mutants.table import FOLLOWS, LAYOUT, MUTANTS, Mutant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.backends.protocol import Algorithm
    from conv2d_conformance.checks.expected_failure import ExpectedFailure
    from tests.mutants.direct import Conv2d

for _path in Path(checks.__path__[0]).glob("test_*.py"):
    import_module(f"conv2d_conformance.checks.{_path.stem}")

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


class Adapter:
    """A function that declares what the right one does."""

    def __init__(
        self,
        function: Conv2d,
        algorithm: Algorithm,
        *,
        compiles: bool,
        dtypes: tuple[str, ...] = FLOATS,
    ) -> None:
        self.conv2d = function
        self.spec = Spec(
            name="mutant",
            call="conv2d(img, k, padding)",
            dtypes=dtypes,
            orientation="correlation",
            anchor="upper",
            boundary="zeros",
            larger_kernel="raises",
            algorithm=algorithm,
            compiles=compiles,
            snippet=getattr(function, "snippet", ""),
        )


# Seconds for calls that fail on the first size that shows them, on a machine however busy.
PLENTY = 10.0


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
    adapter = Adapter(function, algorithm, compiles=compiles, dtypes=dtypes)
    subject = BackendUnderTest(adapter, seconds=2)
    subject.clock.budget = budget
    return subject


def outcome(subject: BackendUnderTest, check: Check) -> NonconformanceError | None:
    """The first failure of a check on its cases."""
    fixtures: dict[str, Any] = {"stopwatch": NoBenchmark} if check.clause.id == "T1" else {}
    for case in check.cases_for(subject):
        try:
            check.run(subject, case, **fixtures)
        except NonconformanceError as failure:
            return failure
        except (Unsupported, Refused):
            continue
    return None


@pytest.fixture(autouse=True)
def _process_as_it_was() -> Iterator[None]:
    """Some mutants change the process, and the tests that follow run in it too."""
    with contextlib.chdir(Path.cwd()), np.errstate():
        yield


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.id)
def test_the_check_that_is_to_catch_a_mutant_does_and_says_why(mutant: Mutant) -> None:
    subject = outcome_with(mutant.make(), dtypes=mutant.dtypes, budget=PLENTY)
    failure = outcome(subject, REGISTERED[mutant.check])
    assert failure is not None, f"{mutant.id} survives {mutant.check}"
    assert mutant.words in str(failure)


@pytest.mark.parametrize("name", HONEST)
@pytest.mark.parametrize("check", REGISTERED.values(), ids=lambda check: check.name)
def test_an_honest_call_passes_every_check(name: str, check: Check, subjects: Any) -> None:
    assert outcome(subjects[name], check) is None


@pytest.fixture(scope="module")
def subjects() -> dict[str, BackendUnderTest]:
    """Honest calls, each probed once; the plain one gets all cases, the rest the covering ones."""
    return {
        name: outcome_with(
            function, "fft" if name == "fourier" else "direct", compiles=name != "direct"
        )
        for name, function in HONEST.items()
    }


def test_an_honest_call_is_judged_on_each_case_that_it_declares(
    subjects: dict[str, BackendUnderTest],
) -> None:
    subject = subjects["direct"]
    lacking = {c.id for c in INTEGERS if c.dtype in subject.spec.dtypes and subject.lacks(c)}
    assert lacking == set()


def test_a_backend_that_does_not_load_fails_with_its_reason() -> None:
    failure = outcome(
        BackendUnderTest(MissingBackend("gone", "needs what is not here")), REGISTERED[LOADING]
    )
    assert isinstance(failure, RaisedError)
    assert str(failure) == "needs what is not here"


def test_a_small_error_in_exact_integers_is_not_explained_by_the_right_reading() -> None:
    failure = outcome(outcome_with(arithmetic.scaled), REGISTERED[LAYOUT])
    assert "It equals the reference" not in str(failure)


def test_a_nan_is_not_called_a_stale_result() -> None:
    def not_a_number(img: Any, k: Any, padding: str) -> Any:
        return direct.conv2d(img, k, padding) * img.dtype.type("nan")

    failure = outcome(outcome_with(not_a_number), REGISTERED[FOLLOWS])
    assert failure is None or failure.symptom != "stale output"


def test_every_registered_check_has_cases() -> None:
    assert [check.name for check in REGISTERED.values() if not check.cases] == []


@pytest.mark.parametrize("record", EXPECTED_FAILURES, ids=lambda r: f"{r.backend}-{r.check}")
def test_an_expected_failure_names_a_check_a_symptom_and_a_reason(record: ExpectedFailure) -> None:
    assert record.check in REGISTERED
    assert record.symptom in SYMPTOMS
    assert len(record.reason.split()) > 3
