"""Matrix products that BLAS sums without any rounding, in twice the working precision.

Error-free splitting: Ozaki, Ogita, Oishi and Rump, "Error-free transformations of matrix
multiplication by using fast routines of matrix multiplication and its applications", Numerical
Algorithms 59 (2012). Both factors are written with few signed digits in a radix so small that
products of digits, and all their partial sums, are whole numbers of at most 53 bits in one unit:
float64 holds them, in whatever order, by however many threads, with or without fused multiply-add
they are summed. What is left is to add few sums of known weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product
from math import prod
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conv2d_conformance.definition.arrays import Floats

# Products of digits: with more of them the sum tap by tap is no slower.
MOST = 48


@dataclass(frozen=True)
class Span:
    """Powers of two: all of an array is below ``2**top``, and a multiple of ``2**bottom``."""

    top: int
    bottom: int


@dataclass(frozen=True)
class Digits:
    """Signed digits in the radix ``2**(bits + 1)``, none above ``2**bits``.

    The first is of the unit ``2**(top - bits)``, each further one of a radixth of that.
    """

    top: int
    bits: int
    count: int

    def split(self, x: Floats) -> Floats:
        """The digits of ``x``, which add up to it exactly, and after them its magnitude: a stack.

        What is added to a number that ends in the unit of a digit is rounded to that unit.
        """
        stack = np.empty((self.count + 1, *x.shape))
        np.abs(x, out=stack[-1])
        rest = x
        for place, digit in enumerate(stack[:-2]):
            ends_in_unit = 1.5 * 2.0 ** (52 + self.top - self.bits - place * (self.bits + 1))
            np.add(rest, ends_in_unit, out=digit)
            np.subtract(digit, ends_in_unit, out=digit)
            rest = rest - digit
        stack[-2] = rest
        return stack


def exponent_span(x: Floats) -> Span | None:
    """Return the span of an array; None if a value is not finite or not normal."""
    bits = np.abs(x).reshape(-1).view(np.int64)
    largest = int(bits.max())
    if not largest:
        return Span(0, 0)
    # Less one, zero is the largest number without a sign, no longer the smallest.
    smallest = int((bits - 1).view(np.uint64).min()) + 1
    lowest, highest = smallest >> 52, largest >> 52
    if lowest == 0 or highest == 0x7FF:
        return None
    used = int(np.bitwise_or.reduce(bits)) | 1 << 52
    unused = (used & -used).bit_length() - 1
    return Span(highest - 1022, lowest - 1075 + unused)


def choose_digits(
    image: Span | None, kernel: Span | None, terms: int
) -> tuple[Digits, Digits] | None:
    """Digits of both in which sums of ``terms`` products are exact.

    None where many digits were needed, or some result is too large or too small for a float64.
    """
    if image is None or kernel is None or not _in_range(image, kernel, terms):
        return None
    return _fewest(image, kernel, terms)


def _in_range(image: Span, kernel: Span, terms: int) -> bool:
    """Return whether nothing that is computed of both overflows, or is subnormal."""
    highest = max(image.top, kernel.top, image.top + kernel.top + terms.bit_length())
    return highest < 960 and min(image.bottom, kernel.bottom, image.bottom + kernel.bottom) > -1022


# The matrix has more spans than a bounded cache keeps, and needs each once for every backend.
@cache
def _fewest(image: Span, kernel: Span, terms: int) -> tuple[Digits, Digits] | None:
    """The cheapest digits: the image's count more, they are copied.

    A product has at most ``bits`` of both and those of the number of terms; what these leave of 53
    sets the units of different products apart.
    """
    for m, n in _counts(min(MOST, 4 * terms)):
        bits, other = _bits(image, m), _bits(kernel, n)
        for spare in range(54 - (terms - 1).bit_length() - bits - other):
            for a, b in ((bits + spare, other), (bits, other + spare)):
                both = Digits(image.top, a, m), Digits(kernel.top, b, n)
                if all(y - x > 1 for x, y in pairwise(weights(*both).values())):
                    return both
    return None


@cache
def _counts(most: int) -> list[tuple[int, int]]:
    """Every count of digits of both whose product is at most ``most``, the cheapest first."""
    numbers = range(1, most + 1)
    counts = (pair for pair in product(numbers, numbers) if prod(pair) <= most)
    return sorted(counts, key=lambda pair: (pair[0] * pair[1] + pair[0], pair))


def _bits(span: Span, count: int) -> int:
    """Bits that each of so many digits needs: a digit's sign stands for one bit of the next."""
    return max(1, -(-(span.top - span.bottom + 1) // count) - 1)


@cache
def weights(image: Digits, kernel: Digits) -> dict[tuple[int, int], int]:
    """By what power of two the unit of a product of digits is below the first one's, in order."""
    place, other = image.bits + 1, kernel.bits + 1
    found = {(i, j): i * place + j * other for i, j in np.ndindex(image.count, kernel.count)}
    return dict(sorted(found.items(), key=itemgetter(1)))


def add_ascending(ascending: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Sum of the sums of digits, the lightest first: as rounded, and what that left over.

    Dekker's Fast2Sum loses nothing here, though the lighter summand may be the larger one: units
    are four apart, so that all lighter ones together are below ``2**53`` units of the heavier one,
    which is a whole number of its units. Only what was lost, ``2**-53`` of each sum at most, is
    added with rounding.
    """
    high, low = ascending[0].copy(), np.zeros_like(ascending[0])
    rounded, lost = np.empty_like(high), np.empty_like(high)
    for part in ascending[1:]:
        np.add(part, high, out=rounded)
        np.subtract(rounded, part, out=lost)
        low += np.subtract(high, lost, out=lost)
        high, rounded = rounded, high
    value = np.add(high, low, out=rounded)
    low += np.subtract(high, value, out=lost)
    return value, low
