"""Slips of checking: bad input gives a number, good input gives none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.mutants import direct

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array
    from tests.mutants.direct import Conv2d


def unknown_is_valid(img: Array, k: Array, padding: str) -> Array:
    """A padding that is no known word is taken as ``valid``."""
    return direct.conv2d(img, k, padding if padding in ("same", "full") else "valid")


def empty_kernel_gives_zeros(img: Array, k: Array, padding: str) -> Array:
    """Nothing to sum: zeros."""
    return direct.conv2d(img, k, padding) if k.size else np.zeros_like(img)


def row_as_image(img: Array, k: Array, padding: str) -> Array:
    """One axis is taken for one row."""
    return direct.conv2d(np.atleast_2d(img), np.atleast_2d(k), padding)


def promoting(img: Array, k: Array, padding: str) -> Array:
    """Two dtypes become their common one."""
    common = np.result_type(img, k)
    return direct.conv2d(img.astype(common), k.astype(common), padding)


def empty_image_gives_ones(img: Array, k: Array, padding: str) -> Array:
    """What memory happened to hold, where there is no image."""
    if not img.size and img.ndim == 2 and padding == "full":
        return np.ones((img.shape[0] + k.shape[0] - 1, img.shape[1] + k.shape[1] - 1), img.dtype)
    return direct.conv2d(img, k, padding)


def giving(answer: Any) -> Conv2d:
    """The same answer always."""
    return lambda *_: answer


def zeros(img: Array, k: Array, padding: str) -> Array:
    """Zeros of the right shape."""
    return np.zeros_like(direct.conv2d(img, k, padding))


def the_image(img: Array, k: Array, padding: str) -> Array:
    """The image, whatever was asked."""
    direct.require(img, k, padding)
    return img.copy()


def raising(*_: Any) -> Array:
    """No call ever succeeds."""
    msg = "not today"
    raise RuntimeError(msg)


def as_list(img: Array, k: Array, padding: str) -> Any:
    """Right numbers in nested lists."""
    return direct.conv2d(img, k, padding).tolist()


def with_channels(img: Array, k: Array, padding: str) -> Array:
    """Right numbers with the framework's batch and channel axes left on."""
    return direct.conv2d(img, k, padding)[None, None]
