"""The checks of one call as plain objects; no pytest is needed to run them."""

from __future__ import annotations

import inspect
import warnings
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from unittest import SkipTest

from conv2d_conformance.backends import find_adapter, registry
from conv2d_conformance.backends.find_adapter import UnknownBackendError
from conv2d_conformance.backends.protocol import Unavailable, Unsupported
from conv2d_conformance.cases.case import Case
from conv2d_conformance.cases.layers import is_layer
from conv2d_conformance.checks.registry import load_checks
from conv2d_conformance.errors import Measured, NonconformanceError, NotRun, Refused
from conv2d_conformance.runtime.in_process import SECONDS
from conv2d_conformance.runtime.runner_pool import RunnerPool
from conv2d_conformance.testing.expected_failure import ExpectedFailure, require_alive
from conv2d_conformance.testing.profile import LATEST, load_profile
from conv2d_conformance.under_test.backend import BackendUnderTest, MissingBackend
from conv2d_conformance.under_test.factory import load, put_under_test
from conv2d_conformance.under_test.framework_warnings import framework_warnings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conv2d_conformance.checks.registry import CaseLike
    from conv2d_conformance.checks.registry import Check as ClauseCheck
    from conv2d_conformance.testing.profile import Profile

Call: TypeAlias = "Callable[..., Any] | type | str | object"
Cost = Literal["low", "high"]
SkipOutcome = Literal["unsupported", "refused", "measured", "not run"]
# Checks that make hundreds of calls, and the products of one call that take as long.
LONG_CHECKS = {"G6", "X1", "test_a_thousand_calls_give_one_result"}
LONG_CALL = 10**6


class CheckSkipped(SkipTest):
    """There was nothing to judge; pytest and unittest show it as a skip, with the reason.

    ``outcome`` is ``unsupported``, ``refused``, ``not run``; or ``measured``, with the ``symptom``
    that a call that declares its facts would have: the reason says what this one does.
    """

    def __init__(self, reason: str, outcome: SkipOutcome, symptom: str | None = None) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.symptom = symptom


class NewClauseWarning(UserWarning):
    """A check that is newer than the profile failed; in the next profile it will be a failure."""


@dataclass(frozen=True, eq=False, repr=False)
class Check:
    """One clause on one case, ready to be run on one call.

    Parameters
    ----------
    id : str
        Clause, name and case, such as ``S2/same_keeps_the_image_shape/same/5x5-by-2x4/float32``;
        the same on every machine, and never reused.
    clause, section, statement : str
        The number of the requirement, the section that it is in, and its words.
    cost : str
        ``low``: a few calls on small operands. ``high``: hundreds of calls, or large operands.
    expected : ExpectedFailure or None
        The known deviation that covers it. `run` does not look at it: whoever runs the check does.
    newer : bool
        Whether the profile does not hold it. If it fails, `run` warns.
    """

    id: str
    clause: str
    section: str
    statement: str
    cost: Cost
    subject: BackendUnderTest
    checked: ClauseCheck
    case: CaseLike
    expected: ExpectedFailure | None = None
    newer: bool = False

    def __repr__(self) -> str:
        return f"<Check {self.id}>"

    def run(self) -> None:
        """Judge the call.

        Raises
        ------
        NonconformanceError
            If it does not meet the clause: an `AssertionError` whose message is a bug report.
        CheckSkipped
            If it does not take the case, may refuse it and does, or declares nothing to judge.

        Warns
        -----
        NewClauseWarning
            Instead of a failure, if the check is newer than the profile.
        """
        __tracebackhide__ = True
        try:
            self.judge()
        except NonconformanceError as error:
            if not self.newer:
                error.add_note(f"{self.clause}: {self.statement}\ncheck: {self.id}")
                # The suite's own frames say nothing about the call.
                raise error.with_traceback(None) from None
            msg = f"{self.id} is newer than the profile, and fails: {error}"
            warnings.warn(msg, NewClauseWarning, stacklevel=2)

    def judge(self) -> None:
        """Judge the call as `run` does, but raise for a newer check too."""
        try:
            with framework_warnings():
                self.checked.run(self.subject, self.case)
        except Unsupported as reason:
            raise CheckSkipped(str(reason), "unsupported") from None
        except Refused as reason:
            raise CheckSkipped(str(reason), "refused") from None
        except Measured as reason:
            raise CheckSkipped(str(reason), "measured", reason.symptom) from None
        except NotRun as reason:
            raise CheckSkipped(str(reason), "not run") from None


def checks(
    call: Call,
    profile: str = LATEST,
    *,
    expected_failures: Sequence[ExpectedFailure] = (),
    seconds: float = SECONDS,
) -> list[Check]:
    """Return the checks that a profile asks of a call; nothing is called yet.

    Parameters
    ----------
    call : callable, adapter or str
        A function ``conv2d(img, k, padding)`` on ``img`` (H, W) and ``k`` (Kh, Kw), with
        ``padding`` one of ``"valid"``, ``"same"``, ``"full"``, that returns an ndarray. With a
        keyword ``stride``, ``dilation`` or ``groups`` it is also checked as a layer, on (N, C, H,
        W) and (O, C/groups, Kh, Kw). Or an adapter class or instance, which declares its facts.
        Or a name, as ``--backend`` takes it (``"mylib.conv:conv2d"``): what is named so runs in a
        process of its own, and a crash costs one check.
    profile : str
        The date of a frozen list of checks. Checks that were added later are returned too, as
        `Check.newer`, and only warn.
    expected_failures : sequence of ExpectedFailure
    seconds : float
        Deadline of each call.

    Returns
    -------
    list of Check
        In a fixed order. Of cases that the call declares not to take, one for each reason. If a
        name does not load, one check, which fails.

    Raises
    ------
    UnknownProfileError
        If there is no such profile.
    DeadExpectedFailureError
        If an expected failure covers no check, or has expired.

    Examples
    --------
    >>> from conv2d_conformance.testing import checks
    >>> from mylib import conv2d  # doctest: +SKIP
    >>> for check in checks(conv2d):  # doctest: +SKIP
    ...     check.run()
    """
    frozen = load_profile(profile)
    subject = under_test(call, seconds)
    bound = [_bind(subject, *pair, frozen, expected_failures) for pair in _planned(subject)]
    if not isinstance(subject.raw, MissingBackend):
        require_alive(expected_failures, [check.id for check in bound])
    return bound


def under_test(call: Call, seconds: float = SECONDS) -> BackendUnderTest:
    """Put a call under test; one that does not load stands for itself, and fails."""
    name = call if isinstance(call, str) else name_of(call)
    try:
        with framework_warnings():
            if isinstance(call, str):
                return _named(call, seconds)
            adapter = find_adapter.adapter_of(call, name)
            return put_under_test(adapter, selector_of(call, name), seconds=seconds)
    except (Unavailable, UnknownBackendError) as error:
        return put_under_test(MissingBackend(name, str(error), registry.operation(name)))


def _named(name: str, seconds: float) -> BackendUnderTest:
    pool = RunnerPool(seconds=seconds)
    selector, *others = pool.select(name)
    if others:
        msg = f"{name!r} names {len(others) + 1} calls; name one, such as {selector!r}"
        raise UnknownBackendError(msg)
    return load(pool, selector)


def name_of(call: object) -> str:
    """Return the name of a call that is given as an object: its function, or its class."""
    found = inspect.unwrap(call) if callable(call) else call
    named: str = getattr(found, "__qualname__", type(found).__qualname__)
    return named.replace("<locals>.", "")


def selector_of(call: object, name: str) -> str:
    """Return how ``--backend`` names a call, where a name can reach it."""
    try:
        file = inspect.getsourcefile(call)  # type: ignore[arg-type]  # the error is caught
    except TypeError:
        return name
    reached = file and "<" not in getattr(call, "__qualname__", "<")
    return f"{_near(Path(str(file)))}:{name}" if reached else name


def _near(file: Path) -> Path:
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def _planned(subject: BackendUnderTest) -> Iterator[tuple[ClauseCheck, CaseLike]]:
    for check in load_checks().values():
        if check.clause.section == "timing":
            continue
        if isinstance(subject.raw, MissingBackend) and check.clause.section != "loading":
            continue
        for case in check.cases_for(subject, _declared_to_lack):
            yield check, case


def _declared_to_lack(subject: BackendUnderTest, case: CaseLike) -> str | None:
    """Return why a call does not take a case, as far as that is known without a call."""
    spec = subject.spec
    if not isinstance(case, Case):
        return None
    if is_layer(case):
        known = subject.declares or not spec.options
        return subject.lacks(case) if known else None
    if spec.paddings and case.padding_word not in spec.paddings:
        return case.padding_word
    return case.dtype if spec.dtypes and case.dtype not in spec.dtypes else None


def _bind(
    subject: BackendUnderTest,
    check: ClauseCheck,
    case: CaseLike,
    profile: Profile,
    expected: Sequence[ExpectedFailure],
) -> Check:
    clause = check.clause
    identifier = f"{clause.id}/{check.name.removeprefix('test_')}/{case.id}"
    covering = (e for e in expected if e.applies and e.covers(identifier))
    return Check(
        identifier,
        clause.id,
        clause.section,
        clause.statement,
        _cost(check, case),
        subject,
        check,
        case,
        next(covering, None),
        newer=not profile.holds(check.name, case.id),
    )


def _cost(check: ClauseCheck, case: CaseLike) -> Cost:
    many = LONG_CHECKS & {check.clause.id, check.name}
    large = isinstance(case, Case) and prod(case.image) * case.terms > LONG_CALL
    return "high" if many or large else "low"
