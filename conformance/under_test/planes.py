"""The plain call of a convolution: an image, a kernel and a padding by name."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property, partial
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.backends import hints
from conv2d_conformance.cases.case import Case
from conv2d_conformance.cases.planes import FEW_CASES
from conv2d_conformance.definition.conventions import Conventions, output_size
from conv2d_conformance.definition.correlation import Exact, correlate_cached, orient, shape_of
from conv2d_conformance.errors import (
    RaisedError,
    WrongFactError,
    WrongShapeError,
)
from conv2d_conformance.probe import precision, special_values, summation
from conv2d_conformance.probe.probe import Probe, probe
from conv2d_conformance.probe.probe_shapes import refused_class
from conv2d_conformance.under_test.called_backend import MOST_PRODUCTS, NO_RESULT, require_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conv2d_conformance.backends.protocol import Backend, Spec
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.definition.shapes import Shape
    from conv2d_conformance.runtime.call_guard import GuardedBackend
    from conv2d_conformance.under_test.called_backend import CalledBackend


def may_end_the_process(img: Array, k: Array) -> bool:
    """Return whether an operand is empty, or the kernel larger than the image along an axis.

    Released code has read past its memory for such operands, and ended the process.
    """
    if not img.ndim == k.ndim == 2:
        return False
    larger = any(m > n for n, m in zip(img.shape, k.shape, strict=True))
    return larger or 0 in (*img.shape, *k.shape)


class Planes:
    """The plain call of one backend: its measured facts and its exact results."""

    def __init__(self, backend: CalledBackend) -> None:
        self._backend = backend
        self._direct_dtypes: dict[str, bool] = {}
        self._direct_cases: dict[Case, bool] = {}

    @property
    def spec(self) -> Spec:
        """The adapter's declaration of its call."""
        return self._backend.spec

    @cached_property
    def probe(self) -> Probe:
        """The measurement of the plain call, made once, at first use."""
        with self._backend.cost.charge("probe"):
            return probe(self._backend.guarded, self._backend.apart)

    @property
    def conventions(self) -> Conventions:
        """Measured orientation, anchor and boundary."""
        return self.probe.conventions

    @cached_property
    def mutated_case(self) -> Case | None:
        """The first of a few cases whose operands the call writes to; None if it writes to none."""
        return next((case for case in FEW_CASES if self._mutates(case)), None)

    def _mutates(self, case: Case) -> bool:
        img, k = case.arrays()
        before = img.tobytes(), k.tobytes()
        # Not recorded: the script of a failure may be about another call.
        with suppress(Exception):
            self._backend.guarded.conv2d(img, k, case.padding_word)  # type: ignore[arg-type]  # a word
        return (img.tobytes(), k.tobytes()) != before

    def facts(self) -> dict[str, Any]:
        """Return the probe's facts; with a known orientation, also precision and special values."""
        found = self.probe.facts()
        if self.conventions.orientation is not None:
            with self._backend.cost.charge("probe"):
                found["precision"] = precision.measure(self)
                found["special_values"] = special_values.measure(self)
        return found

    @cached_property
    def paddings(self) -> tuple[str, ...]:
        """Declared paddings, or those that gave a result."""
        return self.spec.paddings or tuple(self.probe.supported_paddings)

    @cached_property
    def dtypes(self) -> tuple[str, ...]:
        """Declared dtypes, or those that gave a result."""
        return self.spec.dtypes or tuple(self.probe.supported_dtypes)

    def sums_directly_in(self, dtype: str) -> bool:
        """Return whether it sums directly in a dtype, under kernels of every size."""
        if self._backend.declares:
            return self.spec.algorithm == "direct"
        if dtype not in self._direct_dtypes and self.paddings:
            sizes = (Case(*size, self.paddings[0], dtype) for size in summation.SIZES)
            found = [self._measured(case) for case in sizes if not self.lacks(case)]
            known = [answer for answer in found if answer is not None]
            self._direct_dtypes[dtype] = bool(known) and all(known)
        return self._direct_dtypes.get(dtype, True)

    def sums_directly_on(self, img: Array, k: Array, padding: str) -> bool:
        """Return whether it sums directly on operands of these shapes and this dtype.

        Libraries change their algorithm with sizes and dtypes. A call that declares nothing is
        held to what it shows on integers of the same shapes.
        """
        dtype = img.dtype.name
        if self._backend.declares or img.size * k.size > MOST_PRODUCTS:
            return self.sums_directly_in(dtype)
        case = Case(shape_of(img), shape_of(k), padding, dtype)
        if case not in self._direct_cases:
            found = self._measured(case)
            self._direct_cases[case] = self.sums_directly_in(dtype) if found is None else found
        return self._direct_cases[case]

    def _measured(self, case: Case) -> bool | None:
        """Return whether sums of integers are exact; None if the call has no such result."""
        try:
            with self._backend.cost.charge("probe"):
                return summation.directly(
                    partial(self._computed, case.padding_word), *case.arrays()
                )
        except NO_RESULT:
            return None

    def _computed(self, padding: str, img: Array, k: Array) -> tuple[Array, Exact]:
        risky = may_end_the_process(img, k)
        backend = self._backend.apart if risky else self._backend.guarded
        exact = self.exact(img, k, padding)
        result = self._array(backend, img, k, padding)
        if result.shape != exact.value.shape:
            msg = f"{self.spec.call}: {padding} gave shape {result.shape}"
            raise WrongShapeError(msg)
        return result, exact

    def lacks(self, case: Case) -> str | None:
        """Return why the call does not take a case, or None if it does."""
        if (word := case.padding_word) not in self.paddings:
            return self.probe.paddings.get(word, "").removeprefix("refused: ") or "unknown"
        if case.dtype not in self.dtypes:
            answer = self.probe.dtypes[case.dtype].removeprefix("refused: ")
            return f"{case.dtype} is not declared; the call answers: {answer}"
        if (case.dtype, case.memory) == ("bfloat16", "big-endian"):
            return "ml_dtypes itself misreads a bfloat16 array of the other byte order"
        if refused := self._refused_class(case):
            return f"the call refuses {refused} kernels"
        if 0 in self.result_size(case):
            return "the kernel, as the call reads it, is larger than the image"
        return None

    def _refused_class(self, case: Case) -> str | None:
        """Return the class of input that an undeclared call was measured to refuse entirely."""
        if self._backend.declares:
            return None
        return refused_class(self.probe.kernels, case.kernel, case.padding_word)

    def call(self, img: Array, k: Array, padding: str) -> Array:
        """Call the backend on input that it should accept.

        Raises
        ------
        Unsupported
            If the adapter declares that the call has no such option.
        RaisedError, WrongShapeError
            If the call raises, or returns something that is not a 2-D array.
        """
        risky = may_end_the_process(img, k)
        backend = self._backend.risked if risky else self._backend.backend
        return self._array(backend, img, k, padding)

    def call_in(self, where: GuardedBackend, img: Array, k: Array, padding: str) -> Array:
        """Call the backend in another process; the call is not recorded. Raises as `call`."""
        return self._array(where, img, k, padding)

    def call_each(self, calls: Sequence[tuple[Array, Array, str]]) -> list[Callable[[], Array]]:
        """Call the backend on several operands, with few messages if it is in another process.

        The result of each is taken by a call, which raises as `call`. Those that are taken before
        one that raised are as if they had been called one by one.
        """
        risky = [may_end_the_process(img, k) for img, k, _ in calls]
        backends = {True: self._backend.risked, False: self._backend.backend}
        made = {
            where: iter(backends[where].conv2d_each(list(compress(calls, chosen))))  # type: ignore[arg-type]
            for where, chosen in ((True, risky), (False, [not each for each in risky]))
            if any(chosen)
        }
        return [
            partial(self._required, next(made[where]), *call)
            for where, call in zip(risky, calls, strict=True)
        ]

    def _array(self, backend: Backend, img: Array, k: Array, padding: str) -> Array:
        return self._required(
            partial(backend.conv2d, img, k, padding),  # type: ignore[arg-type]
            img, k, padding,
        )  # fmt: skip

    def _required(self, call: Callable[[], Any], img: Array, k: Array, padding: str) -> Array:
        """Return the array that a call gives on these operands."""
        try:
            result = call()
        except NO_RESULT:
            raise
        except Exception as error:
            msg = f"{self.spec.call} raised {type(error).__name__}: {error}"
            raise RaisedError(msg, operands=(img, k, padding)) from error
        if type(result) is not np.ndarray or result.ndim != 2:
            got = getattr(result, "shape", "no shape")
            what = hints.with_article(result)
            msg = f"{self.spec.call} returned {what} of {got}, not a 2-D ndarray"
            raise WrongShapeError(msg)
        require_numbers(self.spec.call, result)
        return result

    def require_array(self, img: Array, k: Array, padding: str) -> Array:
        """Call the backend and require an array of the right shape, for a measurement.

        Raises
        ------
        NonconformanceError
            As `call`; and if the result does not have the shape that the padding gives.
        """
        size = self.size(img, k, padding)  # before a call that may write to its operands
        result = self.call(img, k, padding)
        if result.shape != size:
            msg = f"{self.spec.call}: {padding} gave shape {result.shape}"
            raise WrongShapeError(msg)
        return result

    def run(self, case: Case) -> Array:
        """Call the backend on a case."""
        return self.call(*case.arrays(), case.padding_word)

    def exact(
        self, img: Array, k: Array, padding: str, corner: Shape = (0, 0), size: Shape | None = None
    ) -> Exact:
        """Return the exact result under the measured orientation, anchor and boundary.

        Parameters
        ----------
        img, k : ndarray, (H, W) and (Kh, Kw)
        padding : str
        corner, size : (int, int)
            First index and shape of the requested block of the result; by default all of it.

        Raises
        ------
        WrongFactError
            If the probe found no orientation.
        """
        found = self.conventions
        if found.orientation is None:
            msg = "no reference to judge by: the probe found no single orientation"
            raise WrongFactError(msg)
        reads = orient(k, found.orientation)
        before = found.before(padding, shape_of(reads))
        with self._backend.cost.charge("reference"):
            return correlate_cached(
                img,
                reads,
                before=(before[0] - corner[0], before[1] - corner[1]),
                size=self.size(img, k, padding) if size is None else size,
                boundary=found.boundary or "zeros",
            )

    def size(self, img: Array, k: Array, padding: str) -> Shape:
        """Return the shape that the result must have."""
        return self._size(padding, shape_of(img), shape_of(k))

    def result_size(self, case: Case) -> Shape:
        """Return the shape that the result of a case must have."""
        return self._size(case.padding_word, case.image, case.kernel)

    def _size(self, padding: str, image: Shape, kernel: Shape) -> Shape:
        transposed = (self.conventions.orientation or "").startswith("transposed")
        return output_size(padding, image, kernel[::-1] if transposed else kernel)
