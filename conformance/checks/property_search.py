"""Searches for input that a call gets wrong: Hypothesis explores, and shrinks a failure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import cycle
from typing import TYPE_CHECKING
from unittest import mock

import hypothesis
import numpy as np
from hypothesis import HealthCheck, Phase, core, strategies
from hypothesis.extra import numpy as extra
from hypothesis.internal.conjecture import providers

from conv2d_conformance.cases import random_data
from conv2d_conformance.cases.case import Case
from conv2d_conformance.cases.memory_layouts import MEMORY_LAYOUTS, with_memory_layout
from conv2d_conformance.checks import assertions
from conv2d_conformance.definition.dtypes import dtype_by_name, largest_exact
from conv2d_conformance.errors import (
    NonconformanceError,
    RaisedError,
    Refused,
    TimedOutError,
    UnstableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.definition.shapes import Shape
    from conv2d_conformance.under_test.backend import BackendUnderTest, Margin

EXAMPLES = 60
EXAMPLES_COMPILED = 15
# Most errors occur in small shapes, and a reader can follow those.
EXTENT = strategies.integers(1, 4) | strategies.integers(1, 8) | strategies.integers(1, 40)
TAPS = strategies.integers(1, 5) | strategies.integers(1, 12)
# Operands of no more elements are printed in full.
SHORT = 64


@dataclass(frozen=True, eq=False)
class SearchInput:
    """One input: ``case`` has shapes, padding, dtype and layout; the arrays have the numbers."""

    case: Case
    img: Array
    k: Array

    def __str__(self) -> str:
        text = f"smallest input found: {self.case.id}"
        if self.img.size + self.k.size > SHORT:
            return text
        return f"{text}, img {self.img.tolist()}, k {self.k.tolist()}"

    def hold(self, subject: BackendUnderTest) -> None:
        """Check the call on it; a layout that is not plain may be refused.

        Raises
        ------
        NonconformanceError
            If the result is wrong; the message ends with the input.
        """
        case = self.case
        laid_out = (
            with_memory_layout(self.img, case.memory),
            with_memory_layout(self.k, case.memory),
        )
        try:
            if case.memory != "plain":  # a call that caches by shape and dtype is to have done so
                subject.call(self.img, self.k, case.padding_word)
            result = subject.call(*laid_out, case.padding_word)
            assertions.assert_exact(subject, self.img, self.k, case.padding_word, result)
        except NonconformanceError as error:
            if isinstance(error, RaisedError) and case.memory != "plain":
                hypothesis.reject()
            error.args = (f"{error} {self}",)
            error.operands = (*laid_out, case.padding_word)
            raise


@strategies.composite
def inputs(
    draw: strategies.DrawFn, subject: BackendUnderTest, layouts: tuple[str, ...]
) -> SearchInput:
    """Draw any shapes, padding, dtype and layout that the backend takes, and integers for them.

    The layout is "plain" if there are no layouts to choose from.
    """
    kernel = draw(TAPS), draw(TAPS)
    image = draw(EXTENT), draw(EXTENT)
    padding = draw(strategies.sampled_from(subject.paddings))
    if padding == "valid":
        image = max(image[0], kernel[0]), max(image[1], kernel[1])
    dtypes = dict.fromkeys((subject.plain_dtype, *subject.dtypes))
    dtype = draw(strategies.sampled_from(tuple(dtypes)))
    layout = draw(strategies.sampled_from(layouts))
    case = Case(image, kernel, padding, dtype, memory=layout)  # type: ignore[arg-type]
    if subject.lacks(case):
        hypothesis.reject()
    return SearchInput(case, *draw(operands(image, kernel, dtype)))


@strategies.composite
def operands(
    draw: strategies.DrawFn, image: Shape, kernel: Shape, dtype: str
) -> tuple[Array, Array]:
    """Draw integers whose partial sums are all exact; taps that would exceed that are zero."""
    limit = min(largest_exact(dtype_by_name(dtype)), 2**40)
    reach = max(int((limit / (kernel[0] * kernel[1])) ** 0.5), 1)
    elements = strategies.integers(0 if dtype_by_name(dtype).kind == "u" else -reach, reach)
    # What is not drawn is zero: then the smallest array is one with a single number in it.
    zeros = strategies.just(0)
    img, k = (
        draw(extra.arrays(np.int64, shape, elements=elements, fill=zeros))
        for shape in (image, kernel)
    )
    room = limit // max(int(np.abs(img).max()), 1)
    k[np.cumsum(np.abs(k)).reshape(kernel) > room] = 0
    return img.astype(dtype_by_name(dtype)), k.astype(dtype_by_name(dtype))


def fixed_examples(subject: BackendUnderTest, layouts: tuple[str, ...]) -> Iterator[SearchInput]:
    """Return the first inputs, for every seed: each layout, and a kernel larger in one axis."""
    plain = Case((2, 6), (3, 3), dtype=subject.plain_dtype)
    paddings = [padding for padding in subject.paddings if padding != "valid"]
    for padding, layout in zip(cycle(paddings), layouts, strict=False):
        case = replace(plain, padding=padding, memory=layout)  # type: ignore[arg-type]
        if not subject.lacks(case):
            yield SearchInput(case, *replace(case, memory="plain").arrays())


def explore(subject: BackendUnderTest, name: str) -> None:
    """Search among ``shapes``, all plain, or ``layouts``.

    A call that refuses input is searched for wrong results first, as if it had not; only then
    does it fail for refusing.

    Raises
    ------
    NonconformanceError
        With the smallest input that shows it.
    Refused
        If the backend takes none of the inputs.
    """
    if not subject.paddings:
        reason = "no padding gave a result that could be searched"
        raise Refused(reason)
    layouts = MEMORY_LAYOUTS if name == "layouts" else ("plain",)
    refusals: list[RaisedError] = []
    _search(subject, layouts, refusals.append)
    if refusals:
        _search(subject, layouts, None)


def _search(
    subject: BackendUnderTest, layouts: tuple[str, ...], note: Callable[[RaisedError], None] | None
) -> None:
    margins: list[Margin] = []
    hung: list[TimedOutError] = []

    def holds(found: SearchInput) -> None:
        # Looking for a smaller input that hangs would cost a deadline each.
        if hung:
            hypothesis.reject()
        try:
            found.hold(subject)
        except TimedOutError as error:
            hung.append(error)
            hypothesis.reject()
        except RaisedError as refusal:
            if note is None:
                raise
            note(refusal)
            hypothesis.reject()
        if subject.margin is not None:
            margins.append(subject.margin)

    test = hypothesis.given(inputs(subject, layouts))(holds)
    for given in fixed_examples(subject, layouts):
        test = hypothesis.example(given)(test)
    try:
        with make_reproducible():
            settings(subject)(test)()
    except (hypothesis.errors.Unsatisfiable, hypothesis.errors.Flaky) as error:
        raise (hung[0] if hung else _no_finding(subject, error)) from error
    if hung:
        raise hung[0]
    subject.margin = max(margins, key=lambda margin: margin.ratio, default=None)


def _no_finding(subject: BackendUnderTest, error: Exception) -> Exception:
    """Return what it means that Hypothesis has found nothing that it can show again."""
    if isinstance(error, hypothesis.errors.Unsatisfiable):
        return Refused(f"the call takes nothing of what was tried: {error}")
    msg = f"{subject.spec.call}: a result was wrong once, and right on the same operands"
    return UnstableError(msg)


def make_reproducible() -> AbstractContextManager[object]:
    """Keep Hypothesis from drawing constants out of the source of every module that is loaded.

    Otherwise the same seed would give other examples if other tests or frameworks ran before, and
    the command that repeats a failure would not repeat it.
    """
    constants = getattr(providers, "GLOBAL_CONSTANTS", None)
    return mock.patch.object(
        providers.HypothesisProvider, "_local_constants", constants, create=True
    )


def settings(subject: BackendUnderTest) -> Callable[..., Callable[[], None]]:
    """Return settings for the same examples in each run, unless a seed option is given."""
    chosen = hypothesis.settings(
        max_examples=EXAMPLES_COMPILED if subject.spec.compiles else EXAMPLES,
        derandomize=core.global_force_seed is None,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    if core.global_force_seed is not None:
        return chosen
    return lambda test: hypothesis.seed(random_data.SEED.get())(chosen(test))
