"""Converts between the contract's arrays and a framework's layout: views only, never a cast.

An order is written in letters, as frameworks do: ``NCHW`` for images, ``OIHW`` for kernels, and
``IOHW`` for a transposed convolution that has its input channels first. A plane lacks batch and
channels; it gets these axes, and its result loses them.

NumPy has no bfloat16 of its own, so ``ml_dtypes.bfloat16`` is used. PyTorch does not know that
type; it gets the same bits under its own name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array

IMAGE, KERNEL, TRANSPOSED = "NCHW", "OIHW", "IOHW"


def choose_layout(layouts: tuple[str, ...], layout: str | None) -> str:
    """Return the requested layout, or the default, which is the first."""
    if layout is None:
        return layouts[0]
    if layout not in layouts:
        msg = f"layout must be one of {', '.join(layouts)}, not {layout!r}"
        raise ValueError(msg)
    return layout


def operands_to_framework(
    img: Array, k: Array, orders: tuple[str, str] = (IMAGE, KERNEL), contract: str = KERNEL
) -> tuple[Array, Array]:
    """View an image and a kernel, both planes or both not, in a framework's orders."""
    views = (
        image_to_framework(img, orders[0]),
        transpose_axes(_with_channels("k", k), contract, orders[1]),
    )
    if img.ndim != k.ndim:
        msg = f"img and k must both be 2-D or both 4-D, not {img.ndim}-D and {k.ndim}-D"
        raise ValueError(msg)
    return views


def image_to_framework(img: Array, order: str = IMAGE) -> Array:
    """View an image, or an array with the axes of an image, in a framework's order."""
    return transpose_axes(_with_channels("img", img), IMAGE, order)


def gradients_from_framework(
    img: Any, k: Any, orders: tuple[str, str], rank: int
) -> tuple[Array, Array]:
    """View the gradients by an image and a kernel in the contract's orders."""
    return result_from_framework(img, orders[0], rank), result_from_framework(
        k, orders[1], rank, KERNEL
    )


def result_from_framework(out: Any, order: str, rank: int, contract: str = IMAGE) -> Array:
    """View a framework's result in the contract's order: a plane if the image was a plane."""
    out = transpose_axes(out, order, contract)
    return out[0, 0] if rank == 2 else out  # type: ignore[no-any-return]


def transpose_axes(array: Any, order: str, wanted: str) -> Array:
    """View an array in another order of axes."""
    return array.transpose([order.index(axis) for axis in wanted])  # type: ignore[no-any-return]


def to_torch(torch: Any, array: Array) -> Any:
    """Share an array with PyTorch; refuses what ``from_numpy`` refuses (strides, byte order)."""
    if array.dtype.name == "bfloat16":
        # In the array's byte order, so that ``from_numpy`` refuses one that is not the machine's.
        bits = np.dtype("int16").newbyteorder(array.dtype.byteorder)
        return torch.from_numpy(array.view(bits)).view(torch.bfloat16)
    return torch.from_numpy(array)


def from_torch(torch: Any, tensor: Any) -> Any:
    """Share a tensor with NumPy."""
    if tensor.dtype is torch.bfloat16:
        import ml_dtypes

        return tensor.view(torch.int16).numpy().view(ml_dtypes.bfloat16)
    return tensor.numpy()


def _with_channels(name: str, array: Array) -> Array:
    # With operands of different rank, some frameworks would take an added axis for a batch.
    if array.ndim not in (2, 4):
        msg = f"{name} must be 2-D or 4-D, not {array.ndim}-D"
        raise ValueError(msg)
    return array[None, None] if array.ndim == 2 else array
