"""Options, layouts, gradients and transposed calls do what their frameworks say, to the last bit.

Each framework is observed in a process of its own, against loops.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

import numpy as np
import pytest

from conv2d_conformance.backends import padding
from conv2d_conformance.backends.find_adapter import UnknownBackendError
from conv2d_conformance.backends.protocol import Unsupported
from conv2d_conformance.backends.registry import SHIPPED, TRANSPOSED, load, load_transposed
from tests.helpers.frameworks import need
from tests.helpers.matrix_run import ROOT

WIDE = {
    "tensorflow.nn.conv2d": (),
    "tensorflow.nn.conv2d-function": (),
    "keras.layers.Conv2D": (),
    "keras.ops.conv": (),
    "torch.nn.functional.conv2d": (),
    "torch.nn.functional.conv2d-compile": ("few",),
    "torch.nn.Conv2d": (),
    "jax.lax.conv_general_dilated": (),
    "jax.lax.conv_general_dilated-jit": (),
}
# ``flips``: not the adjoint, its kernel is rotated. ``short``: where the stride exceeds the kernel,
# PyTorch's output ends with the last pixel's kernel; the others' with the last pixel's stride.
ADJOINT = {
    "tensorflow.nn.conv2d_transpose": (),
    "keras.layers.Conv2DTranspose": (),
    "keras.ops.conv_transpose": (),
    "torch.nn.functional.conv_transpose2d": ("short",),
    "torch.nn.ConvTranspose2d": ("short",),
    "jax.lax.conv_transpose": ("flips",),
}


@cache
def observe(module: str, name: str, *kinds: str) -> dict[str, Any]:
    need(name.split(".", maxsplit=1)[0])
    command = [sys.executable, "-m", f"tests.helpers.{module}", name, *kinds]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


every_wide_adapter = pytest.mark.parametrize("name", WIDE)
every_transposed_adapter = pytest.mark.parametrize("name", ADJOINT)


@pytest.mark.slow
@every_wide_adapter
@pytest.mark.parametrize("question", ["values", "planes", "gradients", "refusals"])
def test_an_adapter_answers_as_the_loops_do_in_each_layout(name: str, question: str) -> None:
    assert observe("observe_options", name, *WIDE[name])[question] == []


@pytest.mark.slow
@every_transposed_adapter
@pytest.mark.parametrize("question", ["values", "planes", "refusals"])
def test_a_transposed_adapter_answers_as_the_scatter_does(name: str, question: str) -> None:
    assert observe("observe_transposed", name, *ADJOINT[name])[question] == []


def test_every_transposed_call_has_its_proof() -> None:
    assert set(ADJOINT) == set(TRANSPOSED)


def test_no_name_stands_for_two_operations() -> None:
    assert set(TRANSPOSED).isdisjoint(SHIPPED)


def test_a_transposed_call_that_there_is_not_is_an_error() -> None:
    with pytest.raises(UnknownBackendError, match=r"did you mean 'jax\.lax\.conv_transpose'"):
        load_transposed("jax.lax.conv_transposed")


@pytest.mark.parametrize("name", [n for n in SHIPPED if n.startswith(("scipy.", "textbook."))])
def test_a_call_without_options_declares_none(name: str) -> None:
    spec = load(name).spec
    assert (spec.options, spec.layouts, spec.differentiates) == ((), (), False)


def test_one_sided_padding_is_unsupported_where_the_sides_are_one_number() -> None:
    with pytest.raises(Unsupported, match=r"pad first with torch\.nn\.functional\.pad"):
        padding.require_symmetric(((1, 0), (2, 2)), "torch.nn.functional.pad")


def test_full_reaches_over_a_dilated_kernel() -> None:
    assert padding.to_pixels("full", np.ones((1, 1, 3, 4)), (2, 3)) == ((4, 4), (9, 9))
