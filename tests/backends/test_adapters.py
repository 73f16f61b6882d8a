"""Every adapter makes the call that it names, loads that framework only and repairs nothing.

Each framework is observed in a process of its own: two in one process can crash on import order.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from conv2d_conformance.backends.registry import SHIPPED
from tests.helpers.frameworks import need

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "backends").rglob("*.py"))

CALLS = {
    "scipy.signal.convolve2d": "scipy.signal:convolve2d",
    "scipy.signal.correlate2d": "scipy.signal:correlate2d",
    "scipy.signal.convolve-direct": "scipy.signal:convolve",
    "scipy.signal.convolve-fft": "scipy.signal:convolve",
    "scipy.signal.correlate-direct": "scipy.signal:correlate",
    "scipy.signal.correlate-fft": "scipy.signal:correlate",
    "scipy.signal.fftconvolve": "scipy.signal:fftconvolve",
    "scipy.signal.oaconvolve": "scipy.signal:oaconvolve",
    "scipy.ndimage.convolve": "scipy.ndimage:convolve",
    "scipy.ndimage.correlate": "scipy.ndimage:correlate",
    "tensorflow.nn.conv2d": "tensorflow:nn.conv2d",
    "tensorflow.nn.conv2d-function": "tensorflow:nn.conv2d",
    "keras.layers.Conv2D": "keras:layers.Conv2D.call",
    "keras.ops.conv": "keras:ops.conv",
    "torch.nn.functional.conv2d": "torch.nn.functional:conv2d",
    "torch.nn.functional.conv2d-compile": "torch.nn.functional:conv2d",
    "torch.nn.Conv2d": "torch.nn:Conv2d.forward",
    "jax.lax.conv_general_dilated": "jax.lax:conv_general_dilated",
    "jax.lax.conv_general_dilated-jit": "jax.lax:conv_general_dilated",
    "jax.scipy.signal.convolve2d": "jax.scipy.signal:convolve2d",
    "jax.scipy.signal.correlate2d": "jax.scipy.signal:correlate2d",
}

LOADED = """
import sys

def loaded():
    return [name for name in ("jax", "keras", "tensorflow", "torch") if name in sys.modules]
"""

OBSERVE = """
import functools, importlib, json
import numpy as np
from conv2d_conformance.backends import precision, registry
from conv2d_conformance.backends.protocol import PADDINGS

class Reached(RuntimeError):
    pass

def reached(*args, **kwargs):
    raise Reached("the framework was called")

def outcome(img, k, padding):
    try:
        return list(backend.conv2d(img, k, padding).shape)
    except Exception as error:
        names = []
        while error is not None:
            names.append(type(error).__name__)
            error = error.__cause__ or error.__context__
        return names

backend = registry.load(sys.argv[1])
seen = {"loaded": loaded(), "declared": list(backend.spec.paddings)}
seen["settings"] = precision.settings()
img, k = np.ones((7, 6), "f4"), np.ones((3, 3), "f4")
seen["words"] = {word: outcome(img, k, word) for word in PADDINGS}
seen["strange"] = {word: outcome(img, k, word) for word in ("SAME", "same_lower", "")}
seen["ranks"] = [outcome(img, k[0], "same"), outcome(img[None], k, "same")]
dtypes = backend.spec.dtypes
if "bfloat16" in dtypes:
    import ml_dtypes
seen["dtypes"] = {
    dtype: str(backend.conv2d(img.astype(dtype), k.astype(dtype), "same").dtype)
    for dtype in dtypes
}

module, _, path = sys.argv[2].partition(":")
*owners, attribute = path.split(".")
owner = functools.reduce(getattr, owners, importlib.import_module(module))
setattr(owner, attribute, reached)
seen["patched"] = outcome(np.ones((8, 9), "f4"), k, "same")
print(json.dumps(seen))
"""

MANY_SHAPES = """
import numpy as np
from conv2d_conformance.backends import registry
from torch._dynamo.utils import counters

backend = registry.load("torch.nn.functional.conv2d-compile")
for rows in range(5, 17):
    backend.conv2d(np.ones((rows, 6), "f4"), np.ones((3, 3), "f4"), "valid")
print(counters["stats"]["unique_graphs"])
"""

NO_COMPILER = """
import numpy as np
from conv2d_conformance.backends import registry
from conv2d_conformance.backends.protocol import Unsupported

backend = registry.load("torch.nn.functional.conv2d-compile")
try:
    backend.conv2d(np.ones((5, 6), "f4"), np.ones((2, 4), "f4"), "same")
except Unsupported as error:
    print("no compiler" in str(error))
"""


def python(program: str, *args: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *args],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


@cache
def observe(name: str) -> dict[str, Any]:
    need(name.split(".", maxsplit=1)[0])
    seen: dict[str, Any] = json.loads(python(LOADED + OBSERVE, name, CALLS[name]))
    return seen


@cache
def bare_import(framework: str) -> list[str]:
    program = f"{LOADED}\nimport json, {framework}\nprint(json.dumps(loaded()))"
    names: list[str] = json.loads(python(program))
    return names


every_adapter = pytest.mark.parametrize("name", CALLS)


def test_every_shipped_call_has_its_proof() -> None:
    shipped = {name for name in SHIPPED if not name.startswith("textbook.")}
    assert set(CALLS) == shipped


@pytest.mark.slow
@every_adapter
def test_the_adapter_fails_when_the_call_it_names_fails(name: str) -> None:
    # Dynamo gives an error that it met while tracing a name of its own: ObservedReachedError.
    assert any("Reached" in str(kind) for kind in observe(name)["patched"])


@pytest.mark.slow
@every_adapter
def test_an_adapter_loads_no_framework_that_its_own_does_not(name: str) -> None:
    extra = set(observe(name)["loaded"]) - set(bare_import(name.split(".", maxsplit=1)[0]))
    assert extra == set()


@pytest.mark.slow
@every_adapter
def test_a_declared_padding_answers_and_another_is_unsupported(name: str) -> None:
    seen = observe(name)
    shapes = {"valid": [5, 4], "same": [7, 6], "full": [9, 8]}
    expected = {
        word: shape if word in seen["declared"] else ["Unsupported"]
        for word, shape in shapes.items()
    }
    assert seen["words"] == expected


@pytest.mark.slow
@every_adapter
def test_a_word_that_the_contract_does_not_have_is_an_error(name: str) -> None:
    kinds = [names[0] for names in observe(name)["strange"].values()]
    assert set(kinds) <= {"ValueError", "RuntimeError", "TorchRuntimeError"}


@pytest.mark.slow
@every_adapter
def test_an_operand_of_another_rank_is_an_error(name: str) -> None:
    kinds = [names[0] for names in observe(name)["ranks"]]
    assert set(kinds) <= {"ValueError", "RuntimeError"}


@pytest.mark.slow
@every_adapter
def test_a_declared_dtype_comes_back_as_itself(name: str) -> None:
    dtypes = observe(name)["dtypes"]
    assert dtypes == {dtype: dtype for dtype in dtypes}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("torch.nn.functional.conv2d", "torch.float32_matmul_precision", "highest"),
        ("torch.nn.functional.conv2d", "torch.backends.cudnn.allow_tf32", "False"),
        ("torch.nn.functional.conv2d", "torch.backends.cuda.matmul.allow_tf32", "False"),
        ("tensorflow.nn.conv2d", "tensorflow.tensor_float_32", "False"),
        ("tensorflow.nn.conv2d", "tensorflow.op_determinism", "True"),
        ("jax.lax.conv_general_dilated", "jax.enable_x64", "True"),
        ("jax.lax.conv_general_dilated", "jax.default_matmul_precision", "highest"),
        ("keras.ops.conv", "keras.floatx", "float32"),
    ],
)
def test_the_pinned_precision_is_what_the_framework_says(name: str, key: str, value: str) -> None:
    assert observe(name)["settings"][key] == value


@pytest.mark.slow
def test_torch_compile_compiles_each_new_shape_beyond_its_limit() -> None:
    need("torch")
    assert python(MANY_SHAPES) == "12"


@pytest.mark.slow
def test_torch_compile_without_a_compiler_is_unsupported(tmp_path: Path) -> None:
    need("torch")
    nowhere = {"CXX": str(tmp_path / "g++"), "TORCHINDUCTOR_CACHE_DIR": str(tmp_path)}
    assert python(NO_COMPILER, **nowhere) == "True"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_backends_module_is_python_3_7(source: Path) -> None:
    assert ast.parse(source.read_text(encoding="utf-8"), feature_version=(3, 7))
