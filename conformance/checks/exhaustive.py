"""Every image up to 6×6 under every kernel up to 5×5: predicts and compares the index map."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, partial
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from conv2d_conformance.cases.case import CASE_PADDINGS, Case
from conv2d_conformance.cases.represented import Represented
from conv2d_conformance.definition import error_bounds
from conv2d_conformance.definition.correlation import orient, shape_of
from conv2d_conformance.definition.dtypes import dtype_by_name, largest_exact
from conv2d_conformance.errors import WrongFactError, WrongShapeError, WrongValueError
from conv2d_conformance.probe import index_map
from conv2d_conformance.probe.index_map import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.definition.shapes import Shape
    from conv2d_conformance.probe.index_map import Indices
    from conv2d_conformance.under_test.backend import BackendUnderTest

    # The kernel of a call, and what gives its result.
    Taken: TypeAlias = tuple[Array, Callable[[], Array]]

IMAGES: tuple[Shape, ...] = tuple((h, w) for h, w in product(range(1, 7), repeat=2))
KERNELS: tuple[Shape, ...] = tuple((a, b) for a, b in product(range(1, 6), repeat=2))


@dataclass(frozen=True)
class EveryImage(Represented):
    """All images under one kernel shape and padding; see `few` if each shape is expensive."""

    kernel: Shape
    padding: str

    @property
    def id(self) -> str:
        """``same/2x3``."""
        return f"{self.padding}/{self.kernel[0]}x{self.kernel[1]}"

    def definition(self) -> str:
        """Hash of the name and of the image shapes; they are numbered, and the taps are ones."""
        return hashlib.sha256(f"{self.id} {IMAGES}".encode()).hexdigest()[:16]

    @property
    def few(self) -> tuple[Shape, ...]:
        """The images for a call that compiles for every shape."""
        return tuple(image for image, kernel in covering(self.padding) if kernel == self.kernel)

    @property
    def covering(self) -> bool:
        """Whether there are images for such a call."""
        return bool(self.few)

    def representative(self, dtype: str) -> Case:
        """Return the largest image: a call that does not take this one takes none."""
        return Case(IMAGES[-1], self.kernel, self.padding, dtype)

    def cases(self, subject: BackendUnderTest) -> Iterator[Case]:
        """Yield a case for each image that the backend takes."""
        for image in self.few if subject.spec.compiles else IMAGES:
            case = Case(image, self.kernel, self.padding, subject.plain_dtype)
            if not subject.lacks(case):
                yield case


EVERY_IMAGE = tuple(
    EveryImage(kernel, padding) for padding, kernel in product(CASE_PADDINGS, KERNELS)
)


@cache
def covering(padding: str) -> tuple[tuple[Shape, Shape], ...]:
    """The fewest pairs of image and kernel that hold every pair of extents along each axis.

    Real code treats the axes one by one, and by their extents and parities. So every pair (H, Kh)
    and every pair (W, Kw) occurs, and every parity of all four together. One shape holds one pair
    per axis, so n pairs need n shapes: 30, and 20 for ``valid``. Rows are sorted by parity and
    meet columns dealt out by parity. Only three pairs of ``valid`` have an odd image and an even
    kernel; meeting each of the four parities of the other axis takes them a 21st shape. Of what
    is left open, as many of the 25 kernels as may be are in it.
    """
    pairs = [p for p in product(range(1, 7), range(1, 6)) if padding != "valid" or p[1] <= p[0]]
    alike = {p: [q for q in pairs if _parity(q) == _parity(p)].index(p) for p in pairs}
    rows = sorted(pairs, key=_parity)
    columns = sorted(pairs, key=lambda p: (-alike[p], _parity(p)))
    turns = (columns[n:] + columns[:n] for n in range(len(pairs)))
    chosen = max((list(zip(rows, turn, strict=True)) for turn in turns), key=_variety)
    for row, column in product(rows, columns):
        if _variety([*chosen, (row, column)])[0] > _variety(chosen)[0]:
            chosen.append((row, column))
    return tuple(((row[0], column[0]), (row[1], column[1])) for row, column in chosen)


def _parity(pair: Shape) -> Shape:
    return pair[0] % 2, pair[1] % 2


def _variety(chosen: list[tuple[Shape, Shape]]) -> Shape:
    """Count the parities and the kernels."""
    parities = {(_parity(row), _parity(column)) for row, column in chosen}
    return len(parities), len({(row[1], column[1]) for row, column in chosen})


def index_map_assertions(
    subject: BackendUnderTest, cases: Sequence[Case]
) -> list[Callable[[], None]]:
    """Return an assertion for each case; the calls of all of them are made in few messages.

    Every output pixel reads through every kernel element what the conventions predict. Several
    elements share a call if their digits can be separated. Only if such a call gives something
    else, each element is measured alone.

    Raises
    ------
    WrongFactError
        If the probe found no orientation.
    """
    expected = [predict_map(subject, case) for case in cases]
    kernels = [_kernels(subject, case) for case in cases]
    calls = [call for each in zip(cases, kernels, strict=True) for call in _operands(*each)]
    results = iter(subject.call_each(calls))
    return [
        partial(_assert_index_map, subject, case, found, list(zip(each, results, strict=False)))
        for case, found, each in zip(cases, expected, kernels, strict=True)
    ]


def assert_index_map(subject: BackendUnderTest, case: Case) -> None:
    """Make the assertion of one case.

    Raises
    ------
    WrongShapeError, WrongValueError, WrongFactError
        If the map is another one than predicted, or none is.
    """
    index_map_assertions(subject, [case])[0]()


def _assert_index_map(
    subject: BackendUnderTest, case: Case, expected: Indices, calls: Iterable[Taken]
) -> None:
    if _together(subject, case, expected, calls):
        return
    dtype = dtype_by_name(case.dtype)
    try:
        found = index_map.measure(subject.call, case.image, case.kernel, case.padding_word, dtype)
    except index_map.NotAnIndexMapError as error:
        msg = f"{_where(subject, case)}: {error}"
        raise WrongValueError(msg) from error
    if found.source.shape != expected.shape:
        shapes = f"gave shape {found.source.shape[2:]}, expected {expected.shape[2:]}"
        msg = f"{_where(subject, case)}: {shapes}"
        raise WrongShapeError(msg)
    if (found.source != expected).any():
        raise _mismatch(subject, case, found.source, expected)


def predict_map(subject: BackendUnderTest, case: Case) -> Indices:
    """The map (Kh, Kw, Oh, Ow) by the measured conventions, the kernel's elements as given.

    Raises
    ------
    WrongFactError
        If the probe found no orientation.
    """
    found = subject.conventions
    if found.orientation is None:
        msg = "no map to hold the call to: the probe found no single orientation"
        raise WrongFactError(msg)
    size = subject.result_size(case)
    expected = np.empty((*case.kernel, *size), np.intp)
    read = orient(expected, found.orientation)
    before = found.before(case.padding_word, shape_of(read[..., 0, 0]))
    read[...] = index_map.predict(case.image, read.shape, before, found.boundary or "zeros")
    return expected


def _kernels(subject: BackendUnderTest, case: Case) -> list[Array]:
    """Return kernels of integers, with as many elements at once as have separate digits.

    With pixels numbered 1…HW < 2ⁿ and elements 1, 2ⁿ, 2²ⁿ, … the result is a number whose digits
    in base 2ⁿ are the pixels read: equal to the prediction only if every digit is.
    """
    img, _ = single(case, (0, 0))
    elements = case.kernel[0] * case.kernel[1]
    step = _digits(subject, img, case.kernel)
    return [
        _powers(img, case.kernel, range(start, min(start + step, elements)))
        for start in range(0, elements, step)
    ]


def _operands(case: Case, kernels: list[Array]) -> Iterator[tuple[Array, Array, str]]:
    """Yield the operands of the calls: one image, and each kernel in the dtype of the case."""
    img, _ = single(case, (0, 0))
    return ((img, k.astype(img.dtype), case.padding_word) for k in kernels)


def _together(
    subject: BackendUnderTest, case: Case, expected: Indices, calls: Iterable[Taken]
) -> bool:
    """Return whether the calls give what the map predicts."""
    elements = case.kernel[0] * case.kernel[1]
    read = (expected - OUTSIDE).reshape(elements, -1)
    for k, take in calls:
        result = take()
        if not subject.sums_directly_in(case.dtype):
            result = np.rint(result)
        wanted = k.reshape(-1) @ read
        if not np.array_equal(result, wanted.reshape(expected.shape[2:])):
            return False
    return True


def _powers(img: Array, kernel: Shape, elements: range) -> Array:
    """Make a kernel with one digit for each of some elements."""
    k = np.zeros(kernel, np.int64)
    bits = int(img.size).bit_length()
    k.reshape(-1)[elements.start : elements.stop] = 1 << bits * np.arange(len(elements))
    return k


def _digits(subject: BackendUnderTest, img: Array, kernel: Shape) -> int:
    """Return how many digits a result holds: as the dtype has, or as an FFT rounds right."""
    bits = int(img.size).bit_length()
    digits = min((largest_exact(img.dtype).bit_length() - 1) // bits, kernel[0] * kernel[1])
    if subject.sums_directly_in(img.dtype.name):
        return digits
    # Half of what would round to another integer; a result that is further off is not a digit.
    sure = (
        n
        for n in range(digits, 1, -1)
        if error_bounds.fft_bound(img, _powers(img, kernel, range(n)), img.dtype) < 0.25
    )
    return next(sure, 1)


def single(case: Case, tap: Shape) -> tuple[Array, Array]:
    """The numbered image and a kernel with a single one: what `index_map.measure` calls with."""
    dtype = dtype_by_name(case.dtype)
    k = np.zeros(case.kernel, dtype)
    k[tap] = 1
    return np.arange(1, case.image[0] * case.image[1] + 1).reshape(case.image).astype(dtype), k


def _mismatch(
    subject: BackendUnderTest, case: Case, found: Indices, expected: Indices
) -> WrongValueError:
    a, b, i, j = (int(n) for n in np.argwhere(found != expected)[0])
    wrong = int((found != expected).sum())
    read, wanted = (_pixel(m[a, b, i, j], case.image[1]) for m in (found, expected))
    msg = (
        f"{_where(subject, case)}: through kernel element ({a}, {b}), output ({i}, {j}) reads "
        f"{read}, expected {wanted}; {wrong} of {found.size} entries of the index map are wrong"
    )
    return WrongValueError(msg, operands=(*single(case, (a, b)), case.padding_word))


def _pixel(index: np.intp, width: int) -> str:
    return "nothing" if index == OUTSIDE else f"pixel ({index // width}, {index % width})"


def _where(subject: BackendUnderTest, case: Case) -> str:
    return (
        f"{subject.spec.call}, padding {case.padding!r}, image {case.image}, kernel {case.kernel}"
    )
