"""The data of cases: exact integers prove semantics, real numbers measure precision."""

from __future__ import annotations

import math
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from conv2d_conformance.definition.correlation import shape_of
from conv2d_conformance.definition.dtypes import info, largest_exact

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.definition.shapes import Shape

    Maker = Any

Family = Literal[
    "integers",
    "huge",
    "small-integers",
    "normal",
    "large",
    "small",
    "wide",
    "cancelling",
    "positive",
    "box",
    "binomial",
    "derivative",
    "laplacian",
    "identity",
    "sparse",
    "flat",
    "striped",
    "zero-row",
]
REAL_FAMILIES: tuple[Family, ...] = ("normal", "large", "small", "wide", "cancelling", "positive")
# Integers with a structure for which code may take a short cut: separable, symmetric, mostly zero,
# or an image of one value.
STRUCTURED: tuple[Family, ...] = (
    "box", "binomial", "derivative", "laplacian", "identity", "sparse", "flat", "striped",
    "zero-row",
)  # fmt: skip

# Varies the random data of every case; ``--seed`` sets it.
SEED: ContextVar[int] = ContextVar("seed", default=0)


def make(
    family: Family,
    rng: np.random.Generator,
    image: Shape,
    kernel: Shape,
    dtype: np.dtype[Any],
) -> tuple[Array, Array]:
    """Make an image (H, W) and a kernel (Kh, Kw) of one family, in ``dtype``.

    ``integers`` are small enough that every partial sum is exact; ``large`` and ``small`` are
    ``normal`` scaled by a power of two; ``wide`` spreads magnitudes log-uniformly; ``cancelling``
    repeats the image's columns with the other sign; ``positive`` has no cancellation at all.
    """
    if family in ("integers", "huge"):
        limit = min(largest_exact(dtype), 2**62 if family == "huge" else 2**40)
        return _integers(rng, image, kernel, dtype, limit)
    if family in STRUCTURED:
        img, k = _integers(rng, image, kernel, dtype, 2**14)
        return _image(family, img), _kernel(family, k)
    reach = float(math.log2(info(dtype).max)) / 8
    img, k = rng.standard_normal(image), rng.standard_normal(kernel)
    if family == "large":
        img, k = img * 2**reach, k * 2**reach
    elif family == "small":
        img, k = img * 2 ** (-3 * reach), k * 2 ** (-3 * reach)
    elif family == "wide":
        img = np.sign(img) * 2 ** rng.uniform(-reach, reach, image)
        k = np.sign(k) * 2 ** rng.uniform(-reach, reach, kernel)
    elif family == "cancelling":
        img[:, 1::2] = -img[:, : image[1] // 2 * 2 : 2]
    elif family == "positive":
        img, k = rng.uniform(0.5, 1, image), rng.uniform(0.5, 1, kernel)
    return img.astype(dtype), k.astype(dtype)


def layer_operands(
    family: Family,
    rng: np.random.Generator,
    shapes: tuple[tuple[int, ...], tuple[int, ...]],
    terms: int,
    dtype: np.dtype[Any],
) -> tuple[Array, Array]:
    """Make image and kernel of a layer, of ``shapes`` and in ``dtype``.

    Any family but ``normal`` gives integers without a zero, so small that ``terms`` products are
    summed exactly; ``small-integers`` are at most 3, because a gradient sums many of them.
    """
    if family == "normal":
        img, k = (rng.standard_normal(shape) for shape in shapes)
    else:
        limit = min(largest_exact(dtype), 2**40)
        top = 3 if family == "small-integers" else max(int((limit / max(terms, 1)) ** 0.5), 1)
        img, k = (rng.integers(1, top + 1, s) * rng.choice([-1, 1], s) for s in shapes)
    return img.astype(dtype), k.astype(dtype)


def _integers(
    rng: np.random.Generator, image: Shape, kernel: Shape, dtype: np.dtype[Any], limit: int
) -> tuple[Array, Array]:
    """Signed where the dtype is; a low dtype and a large kernel leave some taps zero.

    No partial sum exceeds ``limit``. Drawn again until every other reading of the kernel, and
    every shift of the image, shows.
    """
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


def _image(family: Family, img: Array) -> Array:
    """An image of practice: of one value, or with rows of one value, of which one is zero."""
    if family == "flat":
        return np.full_like(img, 3)
    if family == "striped":
        img[::3], img[1::3] = 0, 3
    return img


def _kernel(family: Family, k: Array) -> Array:
    """A kernel of practice, of the shape and dtype of ``k``; ``sparse`` is ``k`` less a quarter."""
    if family in ("flat", "striped"):
        return k
    if family == "zero-row":
        k[0] = 0
        return k
    if family == "sparse":
        k.flat[::4] = 0
        return k
    rows, columns = (
        np.array([math.comb(n - 1, i) for i in range(n)], np.int64) for n in shape_of(k)
    )
    slope = np.arange(k.shape[1]) - (k.shape[1] - 1) // 2
    made = {
        "box": np.ones(k.shape),
        "binomial": np.outer(rows, columns),
        "derivative": np.outer(rows, slope),
        "laplacian": -np.ones(k.shape),
        "identity": np.zeros(k.shape),
    }[family]
    centre = tuple(n // 2 for n in k.shape)
    made[centre] += {"laplacian": k.size, "identity": 1}.get(family, 0)
    return made.astype(k.dtype)


def _discriminates(img: Array, k: Array) -> bool:
    """Return whether every misreading that the shapes allow changes the first output."""
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
