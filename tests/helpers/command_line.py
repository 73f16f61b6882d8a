"""The command line as it is typed, and a call of a user's own that flips the kernel's rows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLIPS_ROWS = """
import numpy as np

def conv2d(img, k, padding):
    if img.dtype.itemsize < 4:
        raise TypeError("sums in the operands' dtype, which is too short for that")
    k = k[::-1]
    if padding != "valid":
        raise NotImplementedError("only valid")
    rows, columns = img.shape[0] - k.shape[0] + 1, img.shape[1] - k.shape[1] + 1
    if rows < 1 or columns < 1:
        raise ValueError("kernel larger than image")
    out = np.zeros((rows, columns), img.dtype)
    for a, b in np.ndindex(*k.shape):
        out += img[a:a + rows, b:b + columns] * k[a, b]
    return out
"""


def run(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "conv2d_conformance", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)
