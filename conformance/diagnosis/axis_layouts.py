"""The interpretations of the axes of image, kernel and result that their shapes allow."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.diagnosis.layer_code import ArrayCode, arranged, restored
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
    """Return every reading in which channels, images and outputs agree, the likeliest first.

    Parameters
    ----------
    img, k, result : ndarray
        2-D to 4-D each; axes of length 1 need not be there.
    """
    plain = list(_plain(img, k, result))
    mistakes = (other for each in plain[:2] for other in _axis_mistakes(each))
    seen: dict[tuple[object, ...], Problem] = {}
    for problem in [*plain, *mistakes]:
        arrays = (problem.img, problem.k, problem.result)
        seen.setdefault(tuple((a.shape, a.tobytes()) for a in arrays), problem)
    return list(seen.values())


def _plain(img: Array, k: Array, result: Array) -> Iterator[Problem]:
    choices = product(IMAGES[img.ndim], KERNELS[k.ndim], RESULTS[result.ndim])
    for names in sorted(choices, key=_layout_mismatch):
        image, kernel, out = names
        axes = IMAGES[img.ndim][image], KERNELS[k.ndim][kernel], RESULTS[result.ndim][out]
        x, w, y = map(_arranged, (img, k, result), axes)
        code = ArrayCode(arranged("image", axes[0]), arranged("kernel", axes[1]), restored(axes[2]))
        words = f"result is {out} where the image is {image}"
        layout = (words,) if _layout_mismatch(names) > 1 else ()
        problem = _with_channels(Problem(x, w, y, layout, code))
        rows, columns = (m > n for m, n in zip(w.shape[2:], x.shape[2:], strict=True))
        if problem is not None and not (rows and columns):
            yield problem


def _with_channels(problem: Problem) -> Problem | None:
    """The problem with its channels in groups, as the shapes have it; None if they do not fit."""
    x, w, y, code = problem.img, problem.k, problem.result, problem.code
    images, channels = x.shape[:2]
    outputs, read = w.shape[:2]
    if y.shape[:2] == (images, outputs) and channels % read == 0 == outputs % (channels // read):
        return problem
    if outputs == read == 1 and y.shape[:2] == (images, channels):
        # One plane of a kernel filters every channel alike.
        one = (images * channels, 1)
        x, y = (a.reshape(*one, *a.shape[2:]) for a in (x, y))
        image = f"{code.image}.reshape{x.shape}"
        joined = (images, channels, *y.shape[2:])
        result = f".reshape{joined}{code.result}"
        return replace(problem, img=x, result=y, code=replace(code, image=image, result=result))
    if read == channels and y.shape[:2] == (images, channels * outputs):
        # As TensorFlow keeps a depthwise kernel: its last two axes are channels and multipliers.
        depthwise = w.swapaxes(0, 1).reshape(-1, 1, *w.shape[2:])
        kernel = f"{code.kernel}.swapaxes(0, 1).reshape{depthwise.shape}"
        return replace(problem, k=depthwise, code=replace(code, kernel=kernel))
    return None


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
        yield _misread(problem, "channels in reverse", img[:, ::-1], "[:, ::-1]")
        words = "image reshaped from channels last to channels first, not transposed"
        code = f".transpose(0, 2, 3, 1).reshape{img.shape}"
        yield _misread(problem, words, img.transpose(0, 2, 3, 1).reshape(img.shape), code)
        words = "image reshaped from channels first to channels last, not transposed"
        last = (len(img), *img.shape[2:], img.shape[1])
        code = f".reshape{last}.transpose(0, 3, 1, 2)"
        yield _misread(problem, words, img.reshape(last).transpose(0, 3, 1, 2), code)
    if k.shape[0] == k.shape[1] > 1:
        words = "input and output channels of the kernel swapped"
        code = f"{problem.code.kernel}.swapaxes(0, 1)"
        yield replace(
            problem, k=k.swapaxes(0, 1), layout=(*problem.layout, words),
            code=replace(problem.code, kernel=code),
        )  # fmt: skip
    if result.shape[1] > 1:
        yield _misplaced(problem, "outputs in reverse", result[:, ::-1], "[:, ::-1]")
        words = "result reshaped from channels last to channels first, not transposed"
        made = result.reshape(len(result), *result.shape[2:], -1).transpose(0, 3, 1, 2)
        code = f".transpose(0, 2, 3, 1).reshape{result.shape}"
        yield _misplaced(problem, words, made, code)
    yield from _interleaved(problem)


def kernel_changes(problem: Problem) -> Iterator[Problem]:
    """Yield the problem with the kernel of each output less its mean, as an edge filter is made."""
    k = problem.k.astype(np.float64)
    if np.isfinite(k).all() and k[0].size > 1:
        given = problem.code.kernel
        code = f"({given} - {given}.mean((1, 2, 3), keepdims=True))"
        yield replace(
            problem, k=k - k.mean((1, 2, 3), keepdims=True),
            layout=(*problem.layout, "the kernel's mean subtracted"),
            code=replace(problem.code, kernel=code),
        )  # fmt: skip


def _interleaved(problem: Problem) -> Iterator[Problem]:
    """Yield groups of every G-th channel or output, instead of neighbours."""
    img, result, groups = problem.img, problem.result, problem.groups
    if groups > 1 and img.shape[1] > groups:
        split = (len(img), img.shape[1] // groups, groups, *img.shape[2:])
        made = img.reshape(split).swapaxes(1, 2).reshape(img.shape)
        code = f".reshape{split}.swapaxes(1, 2).reshape{img.shape}"
        yield _misread(problem, "a group reads channels that are not neighbours", made, code)
    if groups > 1 and result.shape[1] > groups:
        split = (len(result), result.shape[1] // groups, groups, *result.shape[2:])
        made = result.reshape(split).swapaxes(1, 2).reshape(result.shape)
        joined = (len(result), groups, result.shape[1] // groups, *result.shape[2:])
        code = f".reshape{joined}.swapaxes(1, 2).reshape{result.shape}"
        yield _misplaced(problem, "a group gives outputs that are not neighbours", made, code)


def _misread(problem: Problem, words: str, img: Array, code: str) -> Problem:
    """The problem with another image; ``code`` makes it of the former."""
    changed = replace(problem.code, image=problem.code.image + code)
    return replace(problem, img=img, layout=(*problem.layout, words), code=changed)


def _misplaced(problem: Problem, words: str, result: Array, code: str) -> Problem:
    """The problem with another result; ``code`` makes the former of it."""
    changed = replace(problem.code, result=code + problem.code.result)
    return replace(problem, result=result, layout=(*problem.layout, words), code=changed)


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
