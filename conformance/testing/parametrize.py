"""The decorator that makes a test of somebody's own of every check."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from conv2d_conformance.runtime.in_process import SECONDS
from conv2d_conformance.testing.checks import checks, name_of
from conv2d_conformance.testing.profile import LATEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pytest

    from conv2d_conformance.testing.checks import Call, Check
    from conv2d_conformance.testing.expected_failure import ExpectedFailure

MARKER = "conv2d_conformance"


def parametrize_with_checks(
    calls: Sequence[Call],
    profile: str = LATEST,
    *,
    expected_failures: Sequence[ExpectedFailure] = (),
    minimum: int = 1,
    seconds: float = SECONDS,
) -> pytest.MarkDecorator:
    """Parametrize a test with every check of some calls, as pytest does; its argument is ``check``.

    Parameters
    ----------
    calls : sequence
        Each as `checks` takes it. One that does not load fails its test; it is not skipped.
    profile, seconds
        As `checks` has them.
    expected_failures : sequence of ExpectedFailure
        Of every call; each becomes a strict ``xfail``. Calls that deviate differently get a
        decorator each.
    minimum : int
        The least number of checks of each call that must get a verdict. Where fewer do, by ``-k``
        as well, the session fails.

    Returns
    -------
    MarkDecorator
        Each test has an id of the call and the check, the same in every process, as
        pytest-xdist needs; and the mark ``conv2d_conformance`` with ``clause``, ``section`` and
        ``cost``, for ``-m "conv2d_conformance(section='geometry')"``.

    Raises
    ------
    UnknownProfileError, DeadExpectedFailureError
        As `checks`.

    Examples
    --------
    >>> from conv2d_conformance.testing import parametrize_with_checks
    >>> @parametrize_with_checks(["textbook.sum"])
    ... def test_conformance(check):
    ...     check.run()
    """
    import pytest

    if isinstance(calls, str) or not calls:
        msg = "parametrize_with_checks takes a list of calls, such as [conv2d]"
        raise TypeError(msg)
    params: list[Any] = []
    for call, name in zip(calls, _names(calls), strict=True):
        planned = checks(call, profile, expected_failures=expected_failures, seconds=seconds)
        facts = {"call": name, "planned": len(planned), "minimum": minimum}
        params += (
            pytest.param(each, id=f"{name}-{each.id}", marks=[*_marks(each, facts)])
            for each in planned
        )
    return pytest.mark.parametrize("check", params)


def _marks(check: Check, facts: dict[str, Any]) -> Iterator[pytest.MarkDecorator]:
    import pytest

    mark = getattr(pytest.mark, MARKER)
    yield mark(clause=check.clause, section=check.section, cost=check.cost, **facts)
    if known := check.expected:
        reason = f"{known.reason} {known.link}".strip()
        yield pytest.mark.xfail(reason=reason, raises=known.error, strict=True)


def _names(calls: Sequence[Call]) -> Iterator[str]:
    """Yield a name for each call; of equal ones all but the first get a number."""
    seen: Counter[str] = Counter()
    for call in calls:
        name = call if isinstance(call, str) else name_of(call)
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name}-{seen[name]}"
