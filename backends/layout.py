"""From a plane to what a framework takes, and back: views only, never a cast.

NumPy has no bfloat16 of its own; ``ml_dtypes.bfloat16`` stands for it, and PyTorch, which does not
know that type, is handed the same bits under its own name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from backends.protocol import Array


def image_nchw(img: Array) -> Array:
    """View (H, W) as (1, 1, H, W)."""
    return _plane("img", img)[None, None]


def image_nhwc(img: Array) -> Array:
    """View (H, W) as (1, H, W, 1)."""
    return _plane("img", img)[None, :, :, None]


def kernel_oihw(k: Array) -> Array:
    """View (Kh, Kw) as (1, 1, Kh, Kw)."""
    return _plane("k", k)[None, None]


def kernel_hwio(k: Array) -> Array:
    """View (Kh, Kw) as (Kh, Kw, 1, 1)."""
    return _plane("k", k)[:, :, None, None]


def plane_nchw(out: Any) -> Any:
    """View (1, 1, H, W) as (H, W)."""
    return out[0, 0]


def plane_nhwc(out: Any) -> Any:
    """View (1, H, W, 1) as (H, W)."""
    return out[0, ..., 0]


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


def _plane(name: str, array: Array) -> Array:
    # Some frameworks take the added axes of another rank for a batch, and compute something else.
    if array.ndim != 2:
        msg = f"{name} must be 2-D, not {array.ndim}-D"
        raise ValueError(msg)
    return array
