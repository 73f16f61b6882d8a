"""Layout conversion is a change of view: the same memory, the same bits."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from backends import layout

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
TO_4D = {
    layout.image_nchw: (1, 1, 2, 3),
    layout.image_nhwc: (1, 2, 3, 1),
    layout.kernel_oihw: (1, 1, 2, 3),
    layout.kernel_hwio: (2, 3, 1, 1),
}
THERE_AND_BACK = [
    (layout.image_nchw, layout.plane_nchw),
    (layout.image_nhwc, layout.plane_nhwc),
]

BITS = """
import ml_dtypes, numpy as np, torch
from backends import layout

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
from backends import layout

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


@pytest.mark.parametrize("convert", TO_4D, ids=lambda function: function.__name__)
def test_a_plane_gets_its_axes_by_view(convert: Callable[[Any], Any]) -> None:
    plane = np.arange(12.0).reshape(2, 6)[:, ::-2]
    seen = convert(plane)
    assert (seen.shape, np.shares_memory(seen, plane)) == (TO_4D[convert], True)


@pytest.mark.parametrize(
    ("there", "back"), THERE_AND_BACK, ids=lambda function: str(function.__name__)
)
def test_a_plane_comes_back_as_it_was(
    there: Callable[[Any], Any], back: Callable[[Any], Any]
) -> None:
    plane = np.arange(6, dtype=">i2").reshape(2, 3).T
    seen = back(there(plane))
    assert (seen.dtype, seen.strides, seen.tolist()) == (
        plane.dtype,
        plane.strides,
        plane.tolist(),
    )


@pytest.mark.parametrize("convert", TO_4D, ids=lambda function: function.__name__)
@pytest.mark.parametrize("shape", [(), (3,), (1, 2, 3)], ids=len)
def test_what_is_no_plane_is_refused(convert: Callable[[Any], Any], shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=f"must be 2-D, not {len(shape)}-D"):
        convert(np.ones(shape))


def test_bfloat16_reaches_torch_and_returns_bit_for_bit_in_the_same_memory() -> None:
    done = in_torch(BITS)
    assert done.returncode == 0, done.stderr


def test_what_torch_cannot_view_it_refuses_itself() -> None:
    done = in_torch(REFUSED)
    assert done.returncode == 0, done.stderr
