"""A convolution of one's own, and changes of its source that an upgrade might bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conv2d_conformance.reports.gate import Kind

# Version 1: honest, and accurate, for it sums float32 in float64.
SOURCE = """
import os

import numpy as np

from conv2d_conformance.backends.protocol import Spec

PADDINGS = ("valid", "same", "full")
DTYPES = ("float32", "float64")
SUMS_IN = np.float64


def conv2d(img, k, padding):
    require(img, k, padding)
    before, size = frame(img.shape, k.shape, padding)
    after = [size[i] + k.shape[i] - 1 - img.shape[i] - before[i] for i in (0, 1)]
    padded = np.pad(img, list(zip(before, after)))
    out = np.zeros(size, max(SUMS_IN, img.dtype))
    for a, b in np.ndindex(k.shape):
        out += padded[a : a + size[0], b : b + size[1]].astype(out.dtype) * k[a, b]
    return out.astype(img.dtype)


def frame(image, kernel, padding):
    (H, W), (Kh, Kw) = image, kernel
    return {
        "valid": ((0, 0), (H - Kh + 1, W - Kw + 1)),
        "same": (((Kh - 1) // 2, (Kw - 1) // 2), (H, W)),
        "full": ((Kh - 1, Kw - 1), (H + Kh - 1, W + Kw - 1)),
    }[padding]


def require(img, k, padding):
    if img.ndim != 2 or k.ndim != 2 or not img.size or not k.size:
        raise ValueError(f"two planes are needed, not {img.shape} and {k.shape}")
    if img.dtype != k.dtype or img.dtype not in DTYPES:
        raise TypeError(f"one dtype of {DTYPES} is needed, not {img.dtype} and {k.dtype}")
    if padding not in PADDINGS:
        raise ValueError(f"one padding of {PADDINGS} is needed, not {padding!r}")
    if padding == "valid" and (k.shape[0] > img.shape[0] or k.shape[1] > img.shape[1]):
        raise ValueError(f"the kernel {k.shape} is larger than the image {img.shape}")


class Conv2d:
    spec = Spec(
        name="mine.Conv2d", call="conv2d(img, k, padding)", dtypes=("float32", "float64"),
        orientation="correlation", anchor="upper", boundary="zeros", larger_kernel="raises",
    )

    def conv2d(self, img, k, padding):
        return conv2d(img, k, padding)
"""


@dataclass(frozen=True)
class Version:
    """Version 2: one edit of the source, and how the gate is to name what it changes.

    Parameters
    ----------
    old, new : str
        What is replaced, which the source holds once, and by what.
    kinds : tuple of str
        Every kind of finding that there is to be; the first is that of the finding named here.
    subject, before, after, says : str
        Fact or clause of that finding; parts of its words.
    alone : int
        Exit code of version 2's own matrix: 0 where only the comparison shows the change.
    attr : str
        What is run of it.
    """

    old: str
    new: str
    kinds: tuple[Kind, ...]
    subject: str
    before: str
    after: str
    says: str
    alone: int = 0
    attr: str = "conv2d"

    @property
    def source(self) -> str:
        """The module."""
        assert SOURCE.count(self.old) == 1
        return SOURCE.replace(self.old, self.new)


FLIPPED = "* k[a, b]", "* k[-1 - a, -1 - b]"
CHECK = "    require(img, k, padding)\n"
# Three bits of 24 are a digit.
ROUNDED = """\
    if img.dtype == np.float32:
        bits = ((np.ascontiguousarray(a).view(np.uint32) + 4) & 0xFFFFFFF8 for a in (img, k))
        img, k = (a.view(np.float32) for a in bits)
"""
LARGE = """\
    if k.size > 200:
        raise NotImplementedError("kernels of up to 200 elements")
"""

VERSIONS = {
    "flipped": Version(
        *FLIPPED, ("fact changed",),
        "orientation", "correlation", "convolution", "reads its kernel as convolution",
    ),
    "flipped against its declaration": Version(
        *FLIPPED, ("verdict regressed", "fact changed"),
        "G2", "passed", "declared orientation correlation, measured convolution",
        "other than its adapter declares", alone=1, attr="Conv2d",
    ),
    "anchor": Version(
        "((Kh - 1) // 2, (Kw - 1) // 2)", "(Kh // 2, Kw // 2)", ("fact changed",),
        "anchor.columns", "upper", "lower", "shifted by one pixel",
    ),
    "one digit lower while passing": Version(
        "SUMS_IN = np.float64", "SUMS_IN = np.float32",
        ("numerics moved while passing", "fact changed"),
        "V2", "errors over their bounds", "in the geometric mean",
        "decimal digits of every result are lost, though all are within the bound",
    ),
    "one digit of the operands": Version(
        CHECK, CHECK + ROUNDED,
        ("precision class lowered", "numerics moved while passing", "verdict regressed",
         "fact changed"),
        "precision.float32.operand_bits", "24", "21", "keep 21 bits, not 24", alone=1,
    ),
    "dtype": Version(
        "return out.astype(img.dtype)", "return out",
        ("fact changed", "verdict regressed"),
        "output_dtypes.float32", "float32", "float64", "now give float64", alone=1,
    ),
    "NaN swallowed": Version(
        "np.pad(img, ", "np.pad(np.nan_to_num(img), ", ("fact changed", "verdict regressed"),
        "special_values.nan", "local", "swallowed", "code that looks for NaN", alone=1,
    ),
    "a size refused": Version(
        CHECK, CHECK + LARGE, ("verdict regressed", "vanished"),
        "S2", "passed", "raised NotImplementedError", "raises on input that it took", alone=1,
    ),
    "a padding removed": Version(
        '("valid", "same", "full")', '("valid", "same")',
        ("newly unsupported", "vanished", "fact changed"),
        "S3", "passed", "unsupported (ValueError: one padding of", "are refused now",
    ),
    "a dtype removed": Version(
        'DTYPES = ("float32", "float64")', 'DTYPES = ("float32",)',
        ("vanished", "newly unsupported", "fact changed"),
        "V2", "passed", "not there", "was the case deselected, or removed",
    ),
    "another exception": Version(
        "raise TypeError", "raise RuntimeError", ("failing differently", "fact changed"),
        "H2", "raised TypeError", "raised RuntimeError",
        "code that catches TypeError does not catch RuntimeError",
    ),
}  # fmt: skip
