"""Pads and sizes are those of the frameworks' documentation, worked out by hand."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from conv2d_conformance.definition.layers import Options, Pads, correlate, output_size, pads_of

if TYPE_CHECKING:
    from conv2d_conformance.definition.padding import Align, Strided

# TensorFlow's SAME by stride and image: the pads (before, after) for kernels of 1, 2, 3 and 4.
SMALLEST = ((0, 0), (0, 0), (0, 0), (0, 1))
SMALLER = ((0, 0), (0, 0), (0, 1), (1, 1))
UNSTRIDED = ((0, 0), (0, 1), (1, 1), (1, 2))
SAME = {
    1: {5: UNSTRIDED, 6: UNSTRIDED, 7: UNSTRIDED, 8: UNSTRIDED},
    2: {5: UNSTRIDED, 6: SMALLER, 7: UNSTRIDED, 8: SMALLER},
    3: {5: SMALLER, 6: SMALLEST, 7: UNSTRIDED, 8: SMALLER},
}
CELLS = list(product(SAME, (5, 6, 7, 8), (1, 2, 3, 4)))
EXPLICIT: Pads = ((1, 2), (-3, 4))
PLAIN = Options()


@pytest.mark.parametrize(("stride", "image", "kernel"), CELLS)
def test_same_is_tensorflows(stride: int, image: int, kernel: int) -> None:
    found = pads_of("same", (image, 5), (kernel, 3), Options(stride=(stride, 1)))
    assert found == (SAME[stride][image][kernel - 1], (1, 1))


@pytest.mark.parametrize(("stride", "image", "kernel"), CELLS)
def test_same_lower_is_same_upper_from_the_other_end(stride: int, image: int, kernel: int) -> None:
    options = Options(stride=(1, stride))
    found = pads_of("same", (5, image), (3, kernel), options, align="lower")
    assert found == ((1, 1), SAME[stride][image][kernel - 1][::-1])


@pytest.mark.parametrize(
    ("align", "expected"), [("upper", ((1, 2), (2, 2))), ("lower", ((2, 1), (2, 2)))]
)
def test_same_by_the_input_pads_whatever_the_stride(align: Align, expected: Pads) -> None:
    options = Options(stride=(3, 2), dilation=(1, 2))
    assert pads_of("same", (6, 8), (4, 3), options, align=align, strided="input") == expected


@pytest.mark.parametrize("strided", ["output", "input"])
@pytest.mark.parametrize(("stride", "image", "kernel"), CELLS)
def test_same_returns_one_pixel_for_every_stride_begun(
    stride: int, image: int, kernel: int, strided: Strided
) -> None:
    options = Options(stride=(stride, stride), dilation=(2, 1))
    extents = (image, image), (kernel, kernel)
    size = output_size(*extents, pads_of("same", *extents, options, strided=strided), options)
    assert size == (-(-image // stride),) * 2


def test_same_by_the_input_is_every_other_pixel_of_the_plain_call() -> None:
    rng = np.random.default_rng(1)
    img, k = rng.integers(-9, 10, (1, 1, 8, 7)), rng.integers(-9, 10, (1, 1, 4, 3))
    options = Options(stride=(2, 3))
    plain = correlate(img, k, pads=pads_of("same", (8, 7), (4, 3), PLAIN)).value
    pads = pads_of("same", (8, 7), (4, 3), options, strided="input")
    found = correlate(img, k, pads=pads, options=options).value
    assert found.tolist() == plain[..., ::2, ::3].tolist()


def test_same_dilated_pads_as_the_kernel_with_gaps_needs() -> None:
    options = Options(stride=(2, 1), dilation=(2, 3))
    assert pads_of("same", (7, 7), (3, 2), options) == ((2, 2), (1, 2))


@pytest.mark.parametrize(
    ("padding", "expected"),
    [("valid", ((0, 0), (0, 0))), ("full", ((4, 4), (3, 3))), (EXPLICIT, EXPLICIT)],
)
def test_the_other_paddings_do_not_see_the_image(padding: str | Pads, expected: Pads) -> None:
    assert pads_of(padding, (5, 6), (3, 2), Options((2, 2), (2, 3))) == expected


def test_another_word_is_refused_with_the_words_there_are() -> None:
    with pytest.raises(ValueError, match="valid, same, full or"):
        pads_of("SAME", (5, 6), (3, 2), PLAIN)


@pytest.mark.parametrize(
    ("image", "kernel", "pads", "options", "expected"),
    [
        ((7, 8), (3, 3), ((0, 0), (0, 0)), Options(stride=(2, 2)), (3, 3)),
        ((7, 8), (3, 3), ((0, 0), (1, 0)), Options(dilation=(3, 2)), (1, 5)),
        ((7, 8), (3, 3), ((-2, 0), (0, -3)), PLAIN, (3, 3)),
        ((2, 8), (3, 3), ((0, 0), (0, 0)), Options(stride=(3, 3)), (0, 2)),
        ((1, 1), (9, 9), ((0, 0), (0, 0)), PLAIN, (0, 0)),
    ],
)
def test_the_output_has_a_pixel_for_each_window_that_fits(
    image: tuple[int, int],
    kernel: tuple[int, int],
    pads: Pads,
    options: Options,
    expected: tuple[int, int],
) -> None:
    assert output_size(image, kernel, pads, options) == expected
