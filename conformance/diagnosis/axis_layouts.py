"""The interpretations of the axes of image, kernel and result that their shapes allow."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.diagnosis.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.correlation import Array

# Name of a layout, and the axes (N, C, H, W) or (O, C, Kh, Kw) in it; None is one of length 1.
Axes = tuple[int | None, int | None, int, int]
IMAGES: dict[int, dict[str, Axes]] = {
    2: {"HW": (None, None, 0, 1)},
    3: {"CHW": (None, 0, 1, 2), "HWC": (None, 2, 0, 1)},
    4: {"NCHW": (0, 1, 2, 3), "NHWC": (0, 3, 1, 2)},
}
KERNELS: dict[int, dict[str, Axes]] = {
    2: {"HW": (None, None, 0, 1)},
    3: {"CHW": (None, 0, 1, 2), "HWC": (None, 2, 0, 1), "OHW": (0, None, 1, 2),
        "HWO": (2, None, 0, 1)},
    4: {"OIHW": (0, 1, 2, 3), "HWIO": (3, 2, 0, 1)},
}  # fmt: skip
RESULTS: dict[int, dict[str, Axes]] = {
    **IMAGES,
    3: {**IMAGES[3], "NHW": (0, None, 1, 2)},
}


def problems(img: Array, k: Array, result: Array) -> list[Problem]:
    """Yield every interpretation in which channels, images and outputs agree, the likeliest first.

    Parameters
    ----------
    img, k, result : ndarray
        2-D to 4-D each; axes of length 1 need not be there.
    """
    plain = list(_plain(img, k, result))
    seen: dict[tuple[object, ...], Problem] = {}
    for problem in [*plain, *(other for each in plain[:2] for other in _axis_mistakes(each))]:
        arrays = (problem.img, problem.k, problem.result)
        seen.setdefault(tuple((a.shape, a.tobytes()) for a in arrays), problem)
    return list(seen.values())


def _plain(img: Array, k: Array, result: Array) -> Iterator[Problem]:
    choices = product(IMAGES[img.ndim], KERNELS[k.ndim], RESULTS[result.ndim])
    for image, kernel, out in sorted(choices, key=_layout_mismatch):
        x = _arranged(img, IMAGES[img.ndim][image])
        w = _arranged(k, KERNELS[k.ndim][kernel])
        y = _arranged(result, RESULTS[result.ndim][out])
        if w.shape[0] == 1 < x.shape[1] and w.shape[1] == 1:
            # One plane of a kernel filters every channel alike.
            x, y = (a.reshape(-1, 1, *a.shape[2:]) for a in (x, y))
        fits = x.shape[1] == w.shape[1] and y.shape[:2] == (x.shape[0], w.shape[0])
        if fits and not (w.shape[2] > x.shape[2] and w.shape[3] > x.shape[3]):
            words = f"result is {out} where the image is {image}"
            yield Problem(x, w, y, (words,) if _layout_mismatch((image, kernel, out)) > 1 else ())


def _layout_mismatch(names: tuple[str, str, str]) -> int:
    """Return how unusual a combination is: channels first in one array and last in another."""
    image, kernel, out = names
    one, other = ("C" in name and name.endswith("C") for name in (image, out))
    apart = 2 * (one != other and "C" in image and "C" in out)
    return apart + int(kernel.endswith(("O", "C")) != one)


def _arranged(a: Array, axes: Axes) -> Array:
    placed = a.transpose([axis for axis in axes if axis is not None])
    return placed.reshape([1 if axis is None else a.shape[axis] for axis in axes])


def _axis_mistakes(problem: Problem) -> Iterator[Problem]:
    """Yield mistakes with axes that keep the shapes, or that reshape instead of transposing."""
    img, k, result = problem.img, problem.k, problem.result
    if img.shape[1] > 1:
        yield Problem(img[:, ::-1], k, result, (*problem.layout, "channels in reverse"))
        mixed = img.transpose(0, 2, 3, 1).reshape(img.shape)
        words = "image reshaped from channels last to channels first, not transposed"
        yield Problem(mixed, k, result, (*problem.layout, words))
        mixed = img.reshape(img.shape[0], *img.shape[2:], -1).transpose(0, 3, 1, 2)
        words = "image reshaped from channels first to channels last, not transposed"
        yield Problem(mixed, k, result, (*problem.layout, words))
    if k.shape[0] == k.shape[1] > 1:
        words = "input and output channels of the kernel swapped"
        yield Problem(img, k.swapaxes(0, 1), result, (*problem.layout, words))
    if result.shape[1] > 1:
        yield Problem(img, k, result[:, ::-1], (*problem.layout, "outputs in reverse"))
        mixed = np.moveaxis(result.reshape(len(result), *result.shape[2:], -1), -1, 1)
        words = "result reshaped from channels last to channels first, not transposed"
        yield Problem(img, k, mixed, (*problem.layout, words))


def operands(img: Array, k: Array) -> tuple[Array, Array]:
    """Image and kernel as a call takes them: two planes, or (N, C, H, W) and (O, C, Kh, Kw)."""
    if img.ndim == k.ndim == 2:
        return img, k
    for image, kernel in sorted(product(IMAGES[img.ndim], KERNELS[k.ndim]), key=lambda p: (*p,)):
        x = _arranged(img, IMAGES[img.ndim][image])
        w = _arranged(k, KERNELS[k.ndim][kernel])
        if x.shape[1] == w.shape[1]:
            return x, w
    return img, k
