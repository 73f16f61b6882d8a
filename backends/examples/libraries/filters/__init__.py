"""Filters of images, made of the calls of two libraries."""

from __future__ import annotations

from typing import Any

import cv2
from astropy.convolution import convolve


def smooth(image: Any, kernel: Any) -> Any:
    """Convolve by Astropy: zeros outside, the kernel rotated by 180° and not normalised."""
    return convolve(
        image, kernel, boundary="fill", fill_value=0.0, nan_treatment="fill", normalize_kernel=False
    )


def sharpen(image: Any, kernel: Any) -> Any:
    """Correlate by OpenCV: zeros outside, the kernel as it is."""
    return cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_CONSTANT)
