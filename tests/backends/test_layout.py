"""Layout conversion is a change of view: the same memory, the same bits."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from conv2d_conformance.backends import layout

ROOT = Path(__file__).parents[2]
PLANES = {"NCHW": (1, 1, 2, 3), "NHWC": (1, 2, 3, 1)}
KERNELS = {"OIHW": (1, 1, 2, 3), "HWIO": (2, 3, 1, 1), "HWOI": (2, 3, 1, 1)}

BITS = """
import ml_dtypes, numpy as np, torch
from conv2d_conformance.backends import layout

plane = np.array([0x7FC1, 0xFF80, 0x0001, 0x8000], "u2").view(ml_dtypes.bfloat16)
tensor = layout.to_torch(torch, plane)
back = layout.from_torch(torch, tensor)
assert tensor.dtype is torch.bfloat16
assert np.shares_memory(plane, back)
assert back.dtype == plane.dtype
assert back.view("u2").tolist() == plane.view("u2").tolist()
"""
REFUSED = """
import numpy as np, torch
from conv2d_conformance.backends import layout

refused = 0
for plane in (np.ones((2, 3))[::-1], np.ones((2, 3), ">f4")):
    try:
        layout.to_torch(torch, plane)
    except ValueError:
        refused += 1
assert refused == 2
"""


def in_torch(program: str) -> subprocess.CompletedProcess[str]:
    if find_spec("torch") is None:
        pytest.skip("torch is not installed here")
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def plane() -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.arange(12.0).reshape(2, 6)[:, ::-2]


@pytest.mark.parametrize("order", PLANES)
def test_a_plane_gets_the_axes_of_an_image_by_view(order: str) -> None:
    img = plane()
    seen = layout.image_to_framework(img, order)
    assert (seen.shape, np.shares_memory(seen, img)) == (PLANES[order], True)


@pytest.mark.parametrize("order", KERNELS)
def test_a_plane_gets_the_axes_of_a_kernel_by_view(order: str) -> None:
    k = plane()
    _, seen = layout.operands_to_framework(k, k, ("NCHW", order))
    assert (seen.shape, np.shares_memory(seen, k)) == (KERNELS[order], True)


@pytest.mark.parametrize("order", PLANES)
@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4, 5)], ids=len)
def test_an_image_comes_back_as_it_was(order: str, shape: tuple[int, ...]) -> None:
    img = np.arange(np.prod(shape), dtype=">i2").reshape(shape[::-1]).T
    seen = layout.result_from_framework(layout.image_to_framework(img, order), order, img.ndim)
    assert (seen.dtype, seen.strides, seen.tolist()) == (img.dtype, img.strides, img.tolist())


@pytest.mark.parametrize(("contract", "order"), [("OIHW", "HWIO"), ("IOHW", "HWOI")])
def test_a_kernel_comes_back_from_the_order_that_the_call_has(contract: str, order: str) -> None:
    k = np.arange(120).reshape(2, 3, 4, 5)
    _, seen = layout.operands_to_framework(k, k, ("NCHW", order), contract)
    back = layout.result_from_framework(seen, order, k.ndim, contract)
    assert (seen.shape[:2], back.tolist()) == ((4, 5), k.tolist())


@pytest.mark.parametrize("shape", [(), (3,), (1, 2, 3)], ids=len)
def test_what_is_neither_plane_nor_batch_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=f"must be 2-D or 4-D, not {len(shape)}-D"):
        layout.image_to_framework(np.ones(shape))


def test_a_plane_with_the_kernel_of_a_batch_is_refused() -> None:
    with pytest.raises(ValueError, match="both be 2-D or both 4-D, not 2-D and 4-D"):
        layout.operands_to_framework(np.ones((5, 6)), np.ones((1, 1, 3, 3)))


def test_a_layout_that_the_adapter_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="one of NHWC, NCHW, not 'NWHC'"):
        layout.choose_layout(("NHWC", "NCHW"), "NWHC")


def test_bfloat16_reaches_torch_and_returns_bit_for_bit_in_the_same_memory() -> None:
    done = in_torch(BITS)
    assert done.returncode == 0, done.stderr


def test_what_torch_cannot_view_it_refuses_itself() -> None:
    done = in_torch(REFUSED)
    assert done.returncode == 0, done.stderr
