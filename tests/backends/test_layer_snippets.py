"""The snippet of a layer is its adapter's own call: the same bits, with nothing of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from conv2d_conformance.backends.registry import SHIPPED, TRANSPOSED
from conv2d_conformance.translation.call_facts import declared_spec

ROOT = Path(__file__).parents[2]
# Every padding, with a stride, with a dilation and with groups; bfloat16 where nothing compiles.
PROGRAM = """
import json, sys
from itertools import product
import numpy as np
from conv2d_conformance.backends.protocol import Unsupported, choose_snippet
from conv2d_conformance.backends.registry import load

def operands(spec, dtype, groups):
    rng = np.random.default_rng(1)
    k = (4, 6 // groups, 3, 2) if spec.operation == "conv_transpose2d" else (6, 4 // groups, 3, 2)
    return [rng.integers(-4, 5, shape).astype(dtype) for shape in ((2, 4, 9, 11), k)]

def bits(*arrays):
    return [(a.dtype, a.shape, a.tobytes()) for a in arrays]

def run(text, **names):
    exec(text, names)
    return names

backend = load(sys.argv[1])
spec = backend.spec
paddings = [*spec.paddings] + [((1, 1), (2, 2))] * ("explicit" in spec.options)
dtypes = ["float32"]
if not spec.compiles and "bfloat16" in spec.dtypes:
    import ml_dtypes
    dtypes.append(ml_dtypes.bfloat16)
steps = [((2, 1), (1, 1), 1), ((1, 1), (1, 2), 1), ((1, 1), (1, 1), 2)]
count, differ = 0, []
for padding, (stride, dilation, groups), dtype in product(paddings, steps, dtypes):
    img, k = operands(spec, dtype, groups)
    options = {"stride": stride, "dilation": dilation, "groups": groups}
    names = {"np": np, "img": img, "k": k, "padding": padding, "output_padding": None, **options}
    try:
        y = getattr(backend, spec.operation)(img, k, padding, **options)
    except Exception:
        continue  # a combination that the call refuses
    count += 1
    found = run(choose_snippet(spec.layer_snippet, padding, img.dtype.name), **names)
    if bits(found["y"]) != bits(y):
        differ.append(str((padding, options, dtype)))
    text = choose_snippet(spec.gradient_snippet, padding, img.dtype.name)
    if text and stride == (2, 1):
        seed = np.ones_like(y)
        try:
            made = backend.gradients(img, k, padding, seed, **options)
        except Exception:
            continue
        found = run(text, cotangent=seed, **names)
        if bits(found["by_img"], found["by_k"]) != bits(*made):
            differ.append(str((padding, options, dtype, "gradients")))
print(json.dumps([count, differ]))
"""


def declares_layers(name: str) -> bool:
    spec = declared_spec(name)
    return spec is not None and bool(spec.layer_snippet)


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in (*SHIPPED, *TRANSPOSED) if declares_layers(n)])
def test_a_layers_snippet_gives_the_adapters_bits(name: str) -> None:
    if find_spec(name.split(".", maxsplit=1)[0]) is None:
        pytest.skip(f"{name} is not installed here")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, name], env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    count, differ = json.loads(done.stdout.splitlines()[-1])
    assert (count > 1, differ) == (True, [])
