"""Two versions of a package ``calls``, and the command `upgrade` between them."""

from __future__ import annotations

from conv2d_conformance.cli.main import main

HONEST = '''\
from numpy import pad
from numpy.lib.stride_tricks import sliding_window_view


def conv2d(img, k, padding):
    """A correlation, its window products summed at once."""
    if padding != "valid":
        before = [(n - 1) // 2 if padding == "same" else n - 1 for n in k.shape]
        same = padding == "same"
        img = pad(img, [(b, n - 1 - b if same else b) for b, n in zip(before, k.shape)])
    windows = sliding_window_view(img, k.shape)
    return (windows * k).sum((2, 3), dtype=img.dtype)
'''
FLIPPED = HONEST.replace("windows * k", "windows * k[::-1, ::-1]")


def upgrade(*words: str) -> int:
    return main(["upgrade", *words])


def between(before: str, after: str, seconds: str = "0") -> int:
    pythons = ("--python", before, "--python", after)
    return upgrade(*pythons, "--backend", "calls:conv2d", "--seconds", seconds, "--output", "up")
