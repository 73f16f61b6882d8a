"""A snippet that is written for other arrays is the same call."""

from __future__ import annotations

import numpy as np
import pytest

from conv2d_conformance.backends.protocol import choose_snippet
from conv2d_conformance.backends.registry import SHIPPED
from conv2d_conformance.backends.worker import run_snippet
from conv2d_conformance.translation.call_facts import declared_spec
from conv2d_conformance.translation.write_snippet import write_snippet


def text(snippet: str) -> str:
    call = write_snippet(snippet, "img", "k2", "same")
    return "\n".join([*call.imports, *call.lines])


@pytest.mark.parametrize(
    ("snippet", "written"),
    [
        ("y = f(img, k, mode=padding)", 'y = f(img, k2, mode="same")'),
        ("y = f(img, k=k)", "y = f(img, k=k2)"),
        ("y = f('k', m.k, k)  # k", "y = f('k', m.k, k2)  # k"),
        ("y = f('é', k)", "y = f('é', k2)"),
        ("import m\n\ny = m.f(\n    k, k.T\n)", "import m\ny = m.f(\n    k2, k2.T\n)"),
        ("k = k + 1\ny = k", 'img, k, padding = img, k2, "same"\nk = k + 1\ny = k'),
        ("y = f(f'{k}')", "img, k, padding = img, k2, \"same\"\ny = f(f'{k}')"),
    ],
    ids=["word", "keyword", "other-words", "bytes", "lines", "bound", "formatted"],
)
def test_a_call_names_the_arrays_of_a_translation(snippet: str, written: str) -> None:
    assert text(snippet) == written


def test_imports_and_settings_come_apart_from_the_call() -> None:
    call = write_snippet("import m\nm.on()\ny = m.f(k)\nm.end()", "img", "k2", "same")
    assert (call.imports, call.lines) == (["import m", "m.on()"], ["y = m.f(k2)", "m.end()"])


@pytest.mark.parametrize(
    "snippet",
    [
        "def f(img):\n    return img + 1\ny = f(img)",
        "k = k + 1\ny = img * k[0, 0]",
        "import math as k\ny = img + k.pi",
        "a = k\nk3 = a\na = img\ny = k3[0, 0] + a",
        "y = {'valid': 1}.get(padding, img)",
        "for padding in 'ab':\n    y = img * 2",
        "from math import pi\n\nz = 'img'\ny = [len(z) * pi * img for _ in k][0]",
    ],
)
def test_what_is_written_gives_the_same(snippet: str) -> None:
    operands = np.arange(6.0).reshape(2, 3), np.ones((1, 1)), "same"
    written = text(snippet).replace("k2", "k")
    assert (run_snippet.run(written, operands) == run_snippet.run(snippet, operands)).all()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_call_has_a_snippet_for_each_padding_it_takes(name: str) -> None:
    spec = declared_spec(name)
    assert spec is not None
    assert all(choose_snippet(spec.snippet, padding) for padding in spec.paddings)


def test_a_snippet_is_chosen_by_padding_and_dtype() -> None:
    several = {"same": "a", "same/bfloat16": "b"}
    asked = [
        ("same", "float32"),
        ("same", "bfloat16"),
        ("full", "bfloat16"),
        (((1, 1), (2, 2)), ""),
    ]
    assert [choose_snippet(several, *each) for each in asked] == ["a", "b", "", ""]
