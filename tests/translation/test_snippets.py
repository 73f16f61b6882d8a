"""Every snippet is its adapter's own call: the same bits, with nothing of ours imported."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conv2d_conformance.backends.registry import SHIPPED, import_snippet, load

ROOT = Path(__file__).parents[2]
# Real numbers, so that another order of summation shows; an even kernel, so that the anchor does.
OPERANDS = """
import sys
import numpy as np
rng = np.random.default_rng(1)
img, k = rng.standard_normal((7, 9)).astype("f4"), rng.standard_normal((3, 4)).astype("f4")
"""
ADAPTER = """
from conv2d_conformance.backends.protocol import choose_snippet
from conv2d_conformance.backends.registry import load
backend = load(sys.argv[2])
made = {p: backend.conv2d(img, k, p) for p in backend.spec.paddings}
snippets = {f"snippet {p}": choose_snippet(backend.spec.snippet, p) for p in made}
np.savez(sys.argv[1], **snippets, **made)
"""
SNIPPET = """
made = {}
for padding, snippet in zip(sys.argv[2::2], sys.argv[3::2]):
    given = {"np": np, "img": img, "k": k, "padding": padding}
    exec(snippet, given)
    made[padding] = given["y"]
assert not "conv2d_conformance" in sys.modules
np.savez(sys.argv[1], **made)
"""
FILE = """
calls = []

def conv2d(img, k, padding):
    calls.append(padding)
    return img * len(calls)

class Adapter:
    def conv2d(self, img, k, padding):
        return img + k
"""


def made_by(program: str, folder: Path, result: str, *args: str) -> dict[str, Any]:
    """What a program saves, run where nothing of ours can be imported but from ROOT."""
    path = folder / result
    cwd = ROOT if program is ADAPTER else folder
    environment = {**os.environ, "PYTHONPATH": str(ROOT) if program is ADAPTER else ""}
    command = [sys.executable, "-c", OPERANDS + program, str(path), *args]
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with np.load(path) as stored:
        return dict(stored)


def bits(results: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    return {word: (y.dtype, y.shape, y.tobytes()) for word, y in results.items()}


@cache
def installed(framework: str) -> bool:
    return framework == "textbook" or find_spec(framework) is not None


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_a_snippet_gives_the_adapters_bits(name: str, tmp_path: Path) -> None:
    framework = name.split(".", maxsplit=1)[0]
    if not installed(framework):
        pytest.skip(f"{framework} is not installed here")
    adapters = made_by(ADAPTER, tmp_path, "adapter.npz", name)
    paddings = [name for name in adapters if not name.startswith("snippet ")]
    given = [word for p in paddings for word in (p, str(adapters.pop(f"snippet {p}")))]
    assert bits(made_by(SNIPPET, tmp_path, "snippet.npz", *given)) == bits(adapters)


def run(snippet: str) -> Any:
    given: dict[str, Any] = {"np": np, "img": np.ones((2, 3)), "k": np.ones(1), "padding": "same"}
    exec(snippet, given)  # noqa: S102  (what is under test)
    return given["y"]


@pytest.mark.parametrize(("attribute", "value"), [("conv2d", 1.0), ("Adapter", 2.0)])
def test_what_gives_no_snippet_is_imported_by_its_path(
    attribute: str, value: float, tmp_path: Path
) -> None:
    (tmp_path / 'one\'s "own".py').write_text(FILE)
    snippet = import_snippet(f'{tmp_path}/one\'s "own".py:{attribute}')
    assert (run(snippet) == value).all()


def test_an_imported_file_is_imported_once(tmp_path: Path) -> None:
    (tmp_path / "counting_calls.py").write_text(FILE)
    snippet = import_snippet(f"{tmp_path}/counting_calls.py:conv2d")
    assert (run(snippet)[0, 0], run(snippet)[0, 0]) == (1, 2)


def test_an_imported_module_is_the_one_that_is_loaded() -> None:
    load("tests.mutants.direct:conv2d")
    snippet = import_snippet("tests.mutants.direct:conv2d").replace("np.ones(1)", "")
    assert f"sys.path[:0] = [{str(ROOT)!r}" in snippet
