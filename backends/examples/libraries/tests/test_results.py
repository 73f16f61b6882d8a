"""Single results of the filters, each held to the bound that follows from its dtype."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from filters import sharpen, smooth

from conv2d_conformance.testing import assert_conv2d

BORDERS = {
    cv2.BORDER_CONSTANT: "zeros",
    cv2.BORDER_REPLICATE: "edge",
    cv2.BORDER_REFLECT: "reflect",
    cv2.BORDER_REFLECT_101: "mirror",
}


def image(dtype: str) -> Any:
    return np.random.default_rng(0).normal(100, 30, (48, 65)).astype(dtype)


def gaussian(extent: int) -> Any:
    bell = np.exp(-(np.linspace(-2, 2, extent) ** 2))
    return np.outer(bell, bell) / bell.sum() ** 2


@pytest.mark.parametrize("extent", [3, 7, 9])
def test_smoothing_is_a_convolution(extent: int) -> None:
    x, kernel = image("float64"), gaussian(extent)
    kernel[0] *= 2  # a symmetric kernel cannot tell a convolution from a correlation
    assert_conv2d(smooth(x, kernel), x, kernel, padding="same", orientation="convolution")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sharpening_is_a_correlation_with_an_even_kernels_pixel_before(dtype: str) -> None:
    x, kernel = image(dtype), np.arange(12, dtype=dtype).reshape(3, 4) - 5
    assert_conv2d(sharpen(x, kernel), x, kernel, padding="same", anchor="lower")


@pytest.mark.parametrize("border", BORDERS)
def test_every_border_of_opencv_has_a_name(border: int) -> None:
    x, kernel = image("float32"), np.arange(9, dtype="float32").reshape(3, 3)
    made = cv2.filter2D(x, -1, kernel, borderType=border)
    assert_conv2d(made, x, kernel, padding="same", boundary=BORDERS[border])


def test_pixels_of_eight_bits_saturate() -> None:
    x, kernel = np.full((4, 4), 200, np.uint8), np.ones((1, 2), np.uint8)
    with pytest.raises(AssertionError, match="does not fit uint8: it saturates"):
        assert_conv2d(
            sharpen(x, kernel.astype("float32")), x, kernel, padding="same", anchor="lower"
        )


def test_a_flipped_kernel_is_seen_and_named() -> None:
    x, kernel = image("float64"), np.arange(9.0).reshape(3, 3)
    with pytest.raises(AssertionError, match="kernel rotated by 180°"):
        assert_conv2d(smooth(x, kernel), x, kernel, padding="same")
