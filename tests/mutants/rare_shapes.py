"""Wrong only for shapes, dtypes or values that few cases have; each was missed once."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.mutants import direct, geometry
from tests.mutants.layer_faults import changed
from tests.mutants.layers import Layer
from tests.mutants.mutant import Mutant
from tests.mutants.planes import stateless

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.definition.correlation import Array
    from tests.mutants.given import LayerRequest

PLANE = "test_sums_of_small_integers_are_exact"
LAYER = "test_a_layer_of_integers_is_exact"
FOLLOWED = "test_a_layer_is_exact_when_bias_addition_and_relu_follow"


def trims_a_zero_row(img: Array, k: Array, padding: str) -> Array:
    """A first row of zeros is moved to the end, as if it had been cut off."""
    zero = k.ndim == 2 and k.size and not k[0].any() and np.count_nonzero(k) > 1
    return direct.conv2d(img, np.roll(k, -1, 0) if zero else k, padding)


def skips_constant_rows(img: Array, k: Array, padding: str) -> Array:
    """Rows of one value count as background, unless all are such."""
    if img.ndim == 2 and img.shape[1] > 1:
        constant = (img == img[:, :1]).all(1)
        if not constant.all() and np.ptp(img[~constant]) > 1 and np.count_nonzero(img) > 1:
            img = np.where(constant[:, None], img.dtype.type(0), img)
    return direct.conv2d(img, k, padding)


PLANE_MUTANTS = (
    stateless(
        "rolls-past-a-megapixel",
        geometry.where(lambda n, _: prod(n) > 2**20, geometry.rolled),
        PLANE,
    ),
    stateless(
        "rolls-past-65536-columns",
        geometry.where(lambda n, _: n[1] > 2**16, geometry.rolled),
        PLANE,
    ),
    stateless(
        "rolls-past-65536-rows",
        geometry.where(lambda n, _: n[0] > 2**16, geometry.rolled),
        PLANE,
    ),
    stateless(
        "rolls-past-1024-taps", geometry.where(lambda _, m: prod(m) > 1024, geometry.rolled), PLANE
    ),
    stateless(
        "lower-for-even-kernels-past-16",
        geometry.where(lambda _, m: max(m) > 16 and not m[0] % 2, geometry.lower_anchor),
        PLANE,
    ),
    stateless("trims-a-zero-row", trims_a_zero_row, PLANE),
    stateless("skips-constant-rows", skips_constant_rows, PLANE),
)


def last_one_off(applies: Callable[[LayerRequest], bool]) -> type[Layer]:
    """The last element is too large by one where ``applies`` holds."""

    def change(given: LayerRequest, out: Array) -> Array:
        if out.size and applies(given):
            out[-1, -1, -1, -1] += 1
        return out

    return changed(change)


class OffWhenFollowed(Layer):
    """The last element is too large by one where bias and addition follow many channels."""

    def fused(self, img: Array, *operands: Any, **options: Any) -> Array:
        out = super().fused(img, *operands, **options)
        if img.shape[1] % 8 == 0:
            out[-1, -1, -1, -1] += 1
        return out


class OffWhenFollowedAndStrided(Layer):
    """The last element is too large by one where bias and addition follow a stride."""

    def fused(self, img: Array, *operands: Any, **options: Any) -> Array:
        out = super().fused(img, *operands, **options)
        if "stride" in options:
            out[-1, -1, -1, -1] += 1
        return out


def _taps(given: LayerRequest) -> int:
    return prod(given.k.shape[1:])


def _pads_on_one_side(given: LayerRequest) -> bool:
    single = given.img.shape[1] == len(given.k) == 1 and given.k.shape[2:] == (1, 1)
    return single and len([pad for axis in given.pads for pad in axis if pad]) == 1


LAYER_MUTANTS = (
    *(
        Mutant(name, last_one_off(applies), LAYER, "First at")
        for name, applies in (
            ("off-past-four-images", lambda given: len(given.img) > 4),
            ("off-past-16-images", lambda given: len(given.img) > 16),
            ("off-for-stride-four", lambda given: max(given.stride) == 4),
            ("off-past-dilation-three", lambda given: max(given.dilation) > 3),
            (
                "off-for-strided-same-of-five",
                lambda given: (
                    given.padding == "same" and given.k.shape[2] == 5 and given.stride[0] > 1
                ),
            ),
            (
                "off-for-strided-same-of-seven",
                lambda given: (
                    given.padding == "same" and given.k.shape[2] == 7 and given.stride[0] > 1
                ),
            ),
            ("off-for-resnext", lambda given: given.groups == 32 != given.img.shape[1]),
            ("off-past-64-outputs", lambda given: 64 < len(given.k) < 96),
            ("off-past-1024-products", lambda given: _taps(given) > 1024),
            ("off-for-float16", lambda given: given.img.dtype.name == "float16"),
            (
                "off-for-grouped-float16",
                lambda given: given.img.dtype.name == "float16" and given.groups > 1,
            ),
            ("off-for-pads-on-one-side", _pads_on_one_side),
        )
    ),
    Mutant("off-when-followed", OffWhenFollowed, FOLLOWED, "followed by bias"),
    Mutant(
        "off-when-followed-and-strided", OffWhenFollowedAndStrided, FOLLOWED, "followed by bias"
    ),
)
