"""Two families of data: exact integers prove semantics, real numbers measure precision."""

from __future__ import annotations

import math
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from conformance.dtypes import info, largest_exact

if TYPE_CHECKING:
    from conformance.geometry import Shape
    from conformance.reference import Array

    Maker = Any

Family = Literal["integers", "normal", "large", "small", "wide", "cancelling", "positive"]
REAL_FAMILIES: tuple[Family, ...] = ("normal", "large", "small", "wide", "cancelling", "positive")

# Varies the random data of every case; ``--seed`` sets it.
SEED: ContextVar[int] = ContextVar("seed", default=0)


def make(
    family: Family,
    rng: np.random.Generator,
    image: Shape,
    kernel: Shape,
    dtype: np.dtype[Any],
) -> tuple[Array, Array]:
    """Image (H, W) and kernel (Kh, Kw) of one family, in ``dtype``.

    ``integers`` are small enough that every partial sum is exact; ``large`` and ``small`` are
    ``normal`` scaled by a power of two; ``wide`` spreads magnitudes log-uniformly; ``cancelling``
    repeats the image's columns with the other sign; ``positive`` has no cancellation at all.
    """
    if family == "integers":
        return _integers(rng, image, kernel, dtype)
    reach = float(math.log2(info(dtype).max)) / 8
    img, k = rng.standard_normal(image), rng.standard_normal(kernel)
    if family == "large":
        img, k = img * 2**reach, k * 2**reach
    elif family == "small":
        img, k = img * 2**-reach, k * 2**-reach
    elif family == "wide":
        img = np.sign(img) * 2 ** rng.uniform(-reach, reach, image)
        k = np.sign(k) * 2 ** rng.uniform(-reach, reach, kernel)
    elif family == "cancelling":
        img[:, 1::2] = -img[:, : image[1] // 2 * 2 : 2]
    elif family == "positive":
        img, k = rng.uniform(0.5, 1, image), rng.uniform(0.5, 1, kernel)
    return img.astype(dtype), k.astype(dtype)


def _integers(
    rng: np.random.Generator, image: Shape, kernel: Shape, dtype: np.dtype[Any]
) -> tuple[Array, Array]:
    """Signed where the dtype is; a low dtype and a large kernel leave some taps zero.

    Drawn again until every other reading of the kernel, and every shift of the image, shows.
    """
    limit = min(largest_exact(dtype), 2**40)
    size = math.prod(kernel)
    taps = min(size, limit // 9)
    top = math.isqrt(limit // taps)
    low = 0 if dtype.kind == "u" else -top
    for _ in range(100):
        img = rng.integers(low, top + 1, image)
        k = np.zeros(size, np.int64)
        where = rng.choice(size, taps, replace=False)
        k[where] = rng.integers(1, top + 1, taps) * (rng.choice([-1, 1], taps) if low else 1)
        k = k.reshape(kernel)
        if _discriminates(img, k):
            break
    return img.astype(dtype), k.astype(dtype)


def _discriminates(img: Array, k: Array) -> bool:
    """Whether the first output changes with every wrong reading that the shapes allow."""
    rows, columns = (min(n, m) for n, m in zip(img.shape, k.shape, strict=True))

    def first(img: Array, k: Array) -> int:
        return int(np.vdot(img[:rows, :columns], k[:rows, :columns]))

    flips = [axes for axes in ((0,), (1,), (0, 1)) if min(k.shape[a] for a in axes) > 1]
    kernels = [np.flip(k, axes) for axes in flips]
    if k.shape[0] == k.shape[1] > 1:
        kernels += [k.T, *(np.flip(k.T, axes) for axes in flips)]
    framed = np.pad(img, 1)
    shifts = [(r, c) for r, c in ((0, 1), (2, 1), (1, 0), (1, 2)) if img.shape[int(r == 1)] > 1]
    results = [first(img, other) for other in kernels]
    results += [first(framed[r:, c:], k) for r, c in shifts]
    return first(img, k) not in results
