"""Sums of digits agree with exact fractions and with the definition, tap by tap; slips do not."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.definition import correlation as reference
from conv2d_conformance.definition.padding import Options
from conv2d_conformance.definition.sums import exact_products, exact_windows, tiles
from conv2d_conformance.definition.sums import window_sums as windows
from conv2d_conformance.definition.sums.exact_products import (
    Digits,
    Span,
    choose_digits,
    exponent_span,
)
from conv2d_conformance.definition.sums.exact_sums import split
from conv2d_conformance.definition.sums.exact_windows import sum_windows
from tests.helpers.fraction_sums import sum_fractions
from tests.helpers.plane_tap_by_tap import plane_tap_by_tap

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.definition.arrays import Floats

# Past one rounding of what each sum of digits loses: see `exact_products.add_ascending`.
EXACT = 2.0**-103


def uniform(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    return rng.standard_normal(shape)


def single(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    return rng.standard_normal(shape, np.float32).astype(np.float64)


def wide(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    return np.asarray(np.ldexp(rng.standard_normal(shape), rng.integers(-30, 31, shape)))


def full(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Every bit set, one sign: what fills the digits and their sums."""
    return np.asarray(np.ldexp(np.full(shape, 2 - 2.0**-52), rng.integers(-1, 1, shape)))


def tight(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Digits that are odd, near their largest, and with four products leave one of 53 bits free."""
    found = 2 - rng.random(shape) * 2.0**-7
    return found if shape == (1, 4) else np.rint(found * 2.0**48) / 2.0**48


def cancelling(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Pairs that cancel but for their last bits."""
    found = np.resize([1.0, -1.0], shape) * (1 + 2.0**-50 * rng.integers(-2, 3, shape))
    return np.asarray(found + rng.integers(-1, 2, shape) * 2.0**-52)


def sparse(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    return rng.standard_normal(shape) * rng.integers(0, 2, shape)


def large(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    return rng.standard_normal(shape) * 1e130


def small(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    return rng.standard_normal(shape) * 1e-130


FAMILIES = [uniform, single, wide, full, tight, cancelling, sparse, large, small]
SHAPES = [((7, 9), (3, 3)), ((6, 6), (1, 4)), ((5, 26), (2, 5)), ((12, 13), (11, 11))]
Family = Any
Shapes = tuple[tuple[int, int], tuple[int, int]]


def error(family: Family, shapes: Shapes) -> float:
    """Largest error relative to the exact scale, that of the scale itself apart."""
    rng = np.random.default_rng(shapes[0])
    img, k = (family(rng, shape) for shape in shapes)
    size = shapes[0][0] - shapes[1][0] + 1, shapes[0][1] - shapes[1][1] + 1
    found = sum_windows(img[None, None, None], k[None, None, None], size)
    assert found is not None
    value, low, scale = (a[0, 0, 0] for a in found)
    errors = [0.0]
    for at, (y, s) in sum_fractions(img, k, (0, 0), size).items():
        got = Fraction(float(value[at])) + Fraction(float(low[at]))
        # The scale is rounded as any sum is.
        errors.append(float(abs(got - y) / (s or 1)))
        errors.append(float(abs(Fraction(float(scale[at])) - s) / (s or 1)) * 2.0**-56)
        assert value[at] == value[at] + low[at]
    return max(errors)


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("family", FAMILIES)
def test_value_and_low_together_are_exact_to_the_last_rounding(
    family: Family, shapes: Shapes
) -> None:
    assert error(family, shapes) <= EXACT


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("family", FAMILIES)
def test_the_definition_tap_by_tap_says_the_same(family: Family, shapes: Shapes) -> None:
    rng = np.random.default_rng(shapes[0])
    img, k = (family(rng, shape) for shape in shapes)
    size = shapes[0][0] - shapes[1][0] + 1, shapes[0][1] - shapes[1][1] + 1
    one = reference.correlate(img, k, size=size)
    other = plane_tap_by_tap(img, k, size)
    apart = np.abs((one.value - other.value) + (one.low - other.low))
    assert (apart <= 2.0**-100 * other.scale).all()
    np.testing.assert_allclose(one.scale, other.scale, rtol=2.0**-46)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 5e-324, 1e-310, 1e300, 1e-290])
def test_what_digits_cannot_hold_is_summed_tap_by_tap_to_the_same_bits(value: float) -> None:
    rng = np.random.default_rng(2)
    img, k = rng.standard_normal((6, 7)), rng.standard_normal((3, 2))
    img[2, 3] = value
    with np.errstate(all="ignore"):
        found = reference.correlate(img, k, size=(4, 6))
        expected = plane_tap_by_tap(img, k, (4, 6))
    assert sum_windows(img[None, None, None], k[None, None, None], (4, 6)) is None
    for one, other in zip(vars(found).values(), vars(expected).values(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("seed", range(60))
def test_every_layer_of_digits_is_the_layer_tap_by_tap(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    n, g, c, o, kh, kw, rows, columns = (int(i) for i in rng.integers(1, (3, 4, 4, 5, 5, 5, 9, 40)))
    stride, dilation = ((int(a), int(b)) for a, b in rng.integers(1, 4, (2, 2)))
    high = (rows - 1) * stride[0] + (kh - 1) * dilation[0] + 1
    wide = (columns - 1) * stride[1] + (kw - 1) * dilation[1] + 1
    img, k = rng.standard_normal((n, g, c, high, wide)), rng.standard_normal((g, o, c, kh, kw))
    monkeypatch.setattr(exact_windows, "STRIP", 2 ** int(rng.integers(4, 14)))
    monkeypatch.setattr(exact_windows, "SINGLE", 2 ** int(rng.integers(6, 14)))
    options = Options(stride, dilation, g)
    found = windows.window_sums(img, k, (0, 0), (rows, columns), options)
    monkeypatch.setattr(windows, "sum_windows", lambda *_: None)
    expected = windows.window_sums(img, k, (0, 0), (rows, columns), options)
    apart = np.abs((found.value - expected.value) + (found.low - expected.low))
    assert (apart <= 2.0**-100 * expected.scale).all()
    np.testing.assert_allclose(found.scale, expected.scale, rtol=2.0**-46)
    assert found.taps == expected.taps


@pytest.mark.slow
@pytest.mark.parametrize(
    ("image", "kernel"),
    [((1, 1, 1, 1024, 1024), (1, 1, 1, 31, 31)), ((1, 1, 64, 224, 224), (1, 2, 64, 3, 3))],
    ids=str,
)
def test_little_memory_is_held_beside_the_image_and_its_result(
    image: tuple[int, ...], kernel: tuple[int, ...]
) -> None:
    rng = np.random.default_rng(1)
    img, k = (rng.standard_normal(s).astype(np.float32).astype(float) for s in (image, kernel))
    tracemalloc.start()
    found = sum_windows(img, k, (image[3] - kernel[3] + 1, image[4] - kernel[4] + 1))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found is not None
    assert peak < 4 * img.nbytes + 8 * found[0].nbytes + 2**26


def wider(both: tuple[Digits, Digits] | None) -> tuple[Digits, Digits] | None:
    """Digits of two bits more than sums of them have room for."""
    return both and (replace(both[0], bits=both[0].bits + 2), both[1])


def blind(x: Floats) -> Span | None:
    """A span that forgets the least bits."""
    found = exponent_span(x)
    return found and Span(found.top, found.bottom + 4)


def low_by_half(x: Floats) -> Span | None:
    found = exponent_span(x)
    return found and Span(found.top - 1, found.bottom)


def digits_without_the_rest(self: Digits, x: Floats) -> Floats:
    stack = WHOLE(self, x)
    stack[-2] = np.round(stack[-2] * 2.0**60) / 2.0**60
    return stack


def digits_without_magnitude(self: Digits, x: Floats) -> Floats:
    stack = WHOLE(self, x)
    stack[-1] = x
    return stack


def heaviest_first(parts: list[Floats]) -> tuple[Floats, Floats]:
    return TOTAL(parts[::-1])


def forgetful(parts: list[Floats]) -> tuple[Floats, Floats]:
    value, low = TOTAL(parts)
    return value, np.zeros_like(low)


def unordered(image: Digits, kernel: Digits) -> dict[tuple[int, int], int]:
    return dict(sorted(WEIGHTS(image, kernel).items()))


def one_apart(stack: Floats, tile: tiles.Tiling) -> Floats:
    return TILED(stack, replace(tile, apart=tile.apart - 1))


def next_line(strip: Floats, tile: tiles.Tiling) -> Floats:
    return np.roll(SEEN(strip, tile), 1, axis=3)


WHOLE, TOTAL, WEIGHTS = Digits.split, exact_products.add_ascending, exact_products.weights
TILED, SEEN = tiles.tile_kernel, tiles.tile_image
SLIPS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "digits-too-wide": (
        exact_windows,
        "choose_digits",
        lambda *given: wider(choose_digits(*given)),
    ),
    "terms-not-counted": (exact_windows, "choose_digits", lambda x, k, _: choose_digits(x, k, 2)),
    "least-bits-forgotten": (exact_windows, "exponent_span", blind),
    "top-too-low": (exact_windows, "exponent_span", low_by_half),
    "rest-rounded": (Digits, "split", digits_without_the_rest),
    "scale-with-signs": (Digits, "split", digits_without_magnitude),
    "heaviest-first": (exact_windows, "add_ascending", heaviest_first),
    "low-forgotten": (exact_windows, "add_ascending", forgetful),
    "weights-unordered": (exact_windows, "weights", unordered),
    "outputs-of-a-tile-alike": (exact_windows, "tile_kernel", one_apart),
    "a-line-too-far": (exact_windows, "tile_image", next_line),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_seen(slip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*SLIPS[slip])
    caught = [f.__name__ for f in FAMILIES for s in SHAPES if not passes(f, s)]
    assert caught


def passes(family: Family, shapes: Shapes) -> bool:
    try:
        return error(family, shapes) <= EXACT
    except AssertionError:
        return False


def test_a_number_is_split_into_what_adds_up_to_it() -> None:
    x = np.array([np.pi, -np.e, 1e-3, 0.0])
    digits = Digits(2, 20, 4).split(x)[:-1]
    assert [sum(map(Fraction, column)) for column in digits.T.tolist()] == [*map(Fraction, x)]
    assert len(split(x)) == 3


def test_a_wide_image_under_a_large_stride_is_summed_line_by_line() -> None:
    rng = np.random.default_rng(5)
    img, k = rng.standard_normal((1, 1, 64, 20, 2000)), rng.standard_normal((1, 1, 64, 1, 1))
    found = sum_windows(img, k, (4, 400), (5, 5))
    assert found is not None
    expected = np.einsum("ngchw,goc->ngohw", img[..., ::5, ::5], k[..., 0, 0])
    # NumPy's sum of 64 products is off by at most 64 roundings of their scale.
    assert (np.abs(found[0] - expected) <= 64 * np.finfo(np.float64).eps * found[2]).all()
