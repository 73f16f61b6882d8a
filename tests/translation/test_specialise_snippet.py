"""A snippet for one padding is the whole one with less text."""

from __future__ import annotations

import numpy as np
import pytest

from conv2d_conformance.backends.worker import run_snippet
from conv2d_conformance.translation.specialise_snippet import specialise

HELPED = """
import numpy as np

def doubled(a):
    if a.dtype.name == "bfloat16":
        return a
    return a * 2

wide = (k.shape[0], padding)
word = wide if padding == "full" else padding.upper()
"""


def text(whole: str, padding: str = "same") -> str:
    call = specialise(whole, "img", "k2", padding)
    return "\n".join([*call.imports, *call.lines])


@pytest.mark.parametrize(
    ("whole", "short"),
    [
        (HELPED + "y = doubled(k), word", 'import numpy as np\ny = (k2 * 2, "SAME")'),
        ("y = {'same': 1, 'valid': 2}[padding]", "y = 1"),
        ("a = b = img\ny = f(a)", "a = b = img\ny = f(a)"),
        ("a = f(img)\ny = k", "a = f(img)\ny = k2"),
        ("import m\nm.on()\nz = 1\ny = m.f(k)\nm.end()", "import m\nm.on()\ny = m.f(k2)\nm.end()"),
    ],
    ids=["branches", "table", "two-targets", "a-call-that-is-kept", "settings"],
)  # fmt: skip
def test_what_a_padding_decides_is_written_out(whole: str, short: str) -> None:
    assert text(whole) == short


@pytest.mark.parametrize(
    "whole",
    [
        "def f(img):\n    return img + 1\ny = f(img)",
        "k = k + 1\ny = img * k[0, 0]",
        "def f(a, b=2):\n    return a * b\ny = f(img, b=3)",
        "def f(a):\n    return a * 2\ny = sum(map(f, img))",
        "def f(a):\n    return a * 2\ny = f(a=img)",
        "a = k\nk3 = a\na = img\ny = k3[0, 0] + a",
        "y = {'valid': 1}.get(padding, img)",
        "for padding in 'ab':\n    y = img * 2",
    ],
)
def test_what_is_specialised_makes_the_same(whole: str) -> None:
    operands = np.arange(6.0).reshape(2, 3), np.ones((1, 1)), "same"
    short = text(whole).replace("k2", "k")
    assert (run_snippet.run(short, operands) == run_snippet.run(whole, operands)).all()
