"""From the contract's arrays to what a framework takes, and back: views only, never a cast.

An order is a word of letters, as frameworks write them: images ``NCHW``, kernels ``OIHW``, and
``IOHW`` where a transposed convolution has its input channels first. A plane has no such axes; it
gets them, and what comes back loses them.

NumPy has no bfloat16 of its own; ``ml_dtypes.bfloat16`` stands for it, and PyTorch, which does not
know that type, is handed the same bits under its own name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array

IMAGE, KERNEL, TRANSPOSED = "NCHW", "OIHW", "IOHW"


def choose_layout(layouts: tuple[str, ...], layout: str | None) -> str:
    """Return the layout asked for, or the default, which is the first."""
    if layout is None:
        return layouts[0]
    if layout not in layouts:
        msg = f"layout must be one of {', '.join(layouts)}, not {layout!r}"
        raise ValueError(msg)
    return layout


def operands_to_framework(
    img: Array, k: Array, orders: tuple[str, str] = (IMAGE, KERNEL), contract: str = KERNEL
) -> tuple[Array, Array]:
    """View an image and a kernel, both planes or both not, in the orders of a framework."""
    views = (
        image_to_framework(img, orders[0]),
        transpose_axes(_with_channels("k", k), contract, orders[1]),
    )
    if img.ndim != k.ndim:
        msg = f"img and k must both be 2-D or both 4-D, not {img.ndim}-D and {k.ndim}-D"
        raise ValueError(msg)
    return views


def image_to_framework(img: Array, order: str = IMAGE) -> Array:
    """View an image, or what has the axes of one, in the order of a framework."""
    return transpose_axes(_with_channels("img", img), IMAGE, order)


def gradients_from_framework(
    img: Any, k: Any, orders: tuple[str, str], rank: int
) -> tuple[Array, Array]:
    """View what belongs to an image and to a kernel, such as gradients, as the contract has it."""
    return result_from_framework(img, orders[0], rank), result_from_framework(
        k, orders[1], rank, KERNEL
    )


def result_from_framework(out: Any, order: str, rank: int, contract: str = IMAGE) -> Array:
    """View what a framework gave as the contract has it: a plane if the image was one."""
    out = transpose_axes(out, order, contract)
    return out[0, 0] if rank == 2 else out  # type: ignore[no-any-return]


def transpose_axes(array: Any, order: str, wanted: str) -> Array:
    """View axes that are in one order in another."""
    return array.transpose([order.index(axis) for axis in wanted])  # type: ignore[no-any-return]


def to_torch(torch: Any, array: Array) -> Any:
    """Share an array with PyTorch; what ``from_numpy`` refuses (strides, byte order) it refuses."""
    if array.dtype.name == "bfloat16":
        # In the array's own byte order: ``from_numpy`` then refuses what is not the machine's.
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
    # Some frameworks take the added axes of another rank for a batch, and compute something else.
    if array.ndim not in (2, 4):
        msg = f"{name} must be 2-D or 4-D, not {array.ndim}-D"
        raise ValueError(msg)
    return array[None, None] if array.ndim == 2 else array
