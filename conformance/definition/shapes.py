"""The shape of a plane, and how ids name an image and a kernel."""

from __future__ import annotations

# Rows and columns.
Shape = tuple[int, int]


def describe(image: Shape, kernel: Shape) -> str:
    """``6x7-by-2x3``."""
    return f"{image[0]}x{image[1]}-by-{kernel[0]}x{kernel[1]}"
