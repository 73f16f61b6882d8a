"""The three loops of the original question's first answer, in pure Python without a framework.

Each has the kernel's centre at (Kh // 2, Kw // 2). ``paint`` and ``sum`` compute the convolution;
``sum_plus``, one sign away, computes the cross-correlation.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Tuple

import numpy as np

from conv2d_conformance.backends.protocol import FLOATS, INTEGERS, Spec

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Padding

    Frame = Tuple[int, int]

# The loops compute the complete ``full`` result, then cut it.
_HEAD = """\
(H, W), (Kh, Kw) = img.shape, k.shape
out = [[0] * (W + Kw - 1) for _ in range(H + Kh - 1)]
img_, k_ = img.tolist(), k.tolist()
"""
_CUTS = {
    "valid": "y = np.array([row[Kw - 1 : W] for row in out[Kh - 1 : H]], img.dtype)\n",
    "full": "y = np.array(out, img.dtype)\n",
}
_SAME = """\
top, left = {top}, {left}
y = np.array([row[left : left + W] for row in out[top : top + H]], img.dtype)
"""
_PAINT = """\
for i, j, a, b in np.ndindex(H, W, Kh, Kw):
    out[i + a][j + b] += img_[i][j] * k_[a][b]
"""
_SUM = """\
for i, j, a, b in np.ndindex(H + Kh - 1, W + Kw - 1, Kh, Kw):
    y, x = {y}, {x}
    if 0 <= y < H and 0 <= x < W:
        out[i][j] += img_[y][x] * k_[a][b]
"""
_ROTATED = _SAME.format(top="Kh // 2", left="Kw // 2")
_PLAIN = _SAME.format(top="(Kh - 1) // 2", left="(Kw - 1) // 2")


def _snippets(loop: str, same: str) -> dict[str, str]:
    return {padding: _HEAD + loop + cut for padding, cut in {**_CUTS, "same": same}.items()}


def frame(padding: Padding, image: int, kernel: int, before: int) -> Frame:
    """Return the first output index and the output size along one axis.

    Parameters
    ----------
    padding : str
        ``valid``, ``same`` or ``full``.
    image, kernel : int
        Extents along the axis.
    before : int
        Rows that the kernel extends before the output's own row.
    """
    if not image or not kernel:
        msg = "the image and the kernel must not be empty"
        raise ValueError(msg)
    if padding == "same":
        return 0, image
    if padding == "full":
        return before - kernel + 1, image + kernel - 1
    if padding != "valid":
        msg = f"padding must be 'valid', 'same' or 'full', not {padding!r}"
        raise ValueError(msg)
    if kernel > image:
        msg = f"'valid' has no output: kernel {kernel} > image {image}"
        raise ValueError(msg)
    return before, image - kernel + 1


class _Loop:
    spec = Spec(name="", call="")
    reaches_before = staticmethod(lambda extent: (extent - 1) // 2)

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Loop over Python numbers; the result is rounded once, to the operands' dtype."""
        if img.ndim != 2 or k.ndim != 2:
            msg = f"img and k must be 2-D, not {img.ndim}-D and {k.ndim}-D"
            raise ValueError(msg)
        if img.dtype != k.dtype:
            msg = f"img is {img.dtype} and k is {k.dtype}; give one dtype"
            raise TypeError(msg)
        rows, columns = (
            frame(padding, n, m, self.reaches_before(m)) for n, m in zip(img.shape, k.shape)
        )
        out = self.loop(img.tolist(), k.tolist(), rows, columns)
        return np.array(out, dtype=img.dtype)

    def loop(self, img: Any, k: Any, rows: Frame, columns: Frame) -> list[list[Any]]:
        raise NotImplementedError


class Paint(_Loop):
    """Every image pixel paints the whole kernel, scaled by the pixel, onto the output."""

    spec = Spec(
        name="textbook.paint",
        call="out[y + dy, x + dx] += img[y, x] * k[dy, dx]",
        dtypes=(*FLOATS, "bfloat16", *INTEGERS),
        orientation="convolution",
        anchor="upper",
        boundary="zeros",
        larger_kernel="raises",
        snippet=_snippets(_PAINT, _ROTATED),
    )

    def loop(self, img: Any, k: Any, rows: Frame, columns: Frame) -> list[list[Any]]:
        """Visit pixels and taps; ``dy`` and ``dx`` count from the kernel's centre."""
        out = [[0] * columns[1] for _ in range(rows[1])]
        top, left = rows[0] + len(k) // 2, columns[0] + len(k[0]) // 2
        pixels = product(range(len(img)), range(len(img[0])), range(len(k)), range(len(k[0])))
        for y, x, a, b in pixels:
            i, j = y + a - top, x + b - left
            if 0 <= i < rows[1] and 0 <= j < columns[1]:
                out[i][j] += img[y][x] * k[a][b]
        return out


class Sum(_Loop):
    """Every output pixel sums ``img[y - dy, x - dx] * k[dy, dx]``."""

    spec = Spec(
        name="textbook.sum",
        call="out[y, x] += img[y - dy, x - dx] * k[dy, dx]",
        dtypes=(*FLOATS, "bfloat16", *INTEGERS),
        orientation="convolution",
        anchor="upper",
        boundary="zeros",
        larger_kernel="raises",
        snippet=_snippets(_SUM.format(y="i - a", x="j - b"), _ROTATED),
    )
    sign = -1

    def loop(self, img: Any, k: Any, rows: Frame, columns: Frame) -> list[list[Any]]:
        """Sum over the taps whose pixel is inside the image; ``sign`` is the entire difference."""
        taps = list(product(range(len(k)), range(len(k[0]))))

        def pixel(i: int, j: int) -> Any:
            total = 0
            for a, b in taps:
                y, x = i + self.sign * (a - len(k) // 2), j + self.sign * (b - len(k[0]) // 2)
                if 0 <= y < len(img) and 0 <= x < len(img[0]):
                    total += img[y][x] * k[a][b]
            return total

        across = range(columns[0], columns[0] + columns[1])
        return [[pixel(i, j) for j in across] for i in range(rows[0], rows[0] + rows[1])]


class SumPlus(Sum):
    """Every output pixel sums ``img[y + dy, x + dx] * k[dy, dx]``: the kernel is not rotated."""

    spec = Spec(
        name="textbook.sum_plus",
        call="out[y, x] += img[y + dy, x + dx] * k[dy, dx]",
        dtypes=(*FLOATS, "bfloat16", *INTEGERS),
        orientation="correlation",
        anchor="lower",
        boundary="zeros",
        larger_kernel="raises",
        snippet=_snippets(_SUM.format(y="i - Kh + 1 + a", x="j - Kw + 1 + b"), _PLAIN),
    )
    reaches_before = staticmethod(lambda extent: extent // 2)
    sign = 1
