"""Slips of bookkeeping that show in layers alone, and NaN that is lost or spread by channels."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.mutants.layer_slips import several
from tests.mutants.layers import Layer

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.definition.correlation import Array
    from tests.mutants.given import LayerRequest


class DestroyingItsWeights(Layer):
    """The weights of several channels are zeros afterwards."""

    def compute(self, given: LayerRequest) -> Array:
        out = super().compute(given)
        if several(given) and given.k.flags.writeable:
            given.k[...] = 0
        return out


class CachingWeightsById(Layer):
    """Weights of several channels are read once; they are kept, so that no others get their id."""

    def __init__(self, layout: str = "NCHW") -> None:
        super().__init__(layout)
        self._cache: dict[int, tuple[Array, Array]] = {}

    def compute(self, given: LayerRequest) -> Array:
        if several(given):
            _, kept = self._cache.setdefault(id(given.k), (given.k, given.k.copy()))
            given = replace(given, k=kept)
        return super().compute(given)


class BuffersInTurn(Layer):
    """Results of one shape and dtype go to eight buffers in turn, of several images."""

    def __init__(self, layout: str = "NCHW") -> None:
        super().__init__(layout)
        self._rings: dict[Any, list[Array]] = {}

    def compute(self, given: LayerRequest) -> Array:
        out = super().compute(given)
        if len(given.img) < 2:
            return out
        fresh = [np.empty_like(out) for _ in range(8)]
        ring = self._rings.setdefault((out.shape, out.dtype), fresh)
        ring.append(ring.pop(0))
        ring[-1][...] = out
        return ring[-1]


class SharingItsScratch(Layer):
    """Calls of several channels pad into one array, and let go of the processor."""

    def __init__(self, layout: str = "NCHW") -> None:
        super().__init__(layout)
        self._scratch: dict[str, LayerRequest] = {}

    def compute(self, given: LayerRequest) -> Array:
        if several(given):
            self._scratch["given"] = given
            time.sleep(0)
            given = self._scratch["given"]
        return super().compute(given)


class WrongAtTheFiftiethCall(Layer):
    """The last output of the fiftieth call of one shape of several channels is doubled."""

    def __init__(self, layout: str = "NCHW") -> None:
        super().__init__(layout)
        self._calls: Counter[Any] = Counter()

    def compute(self, given: LayerRequest) -> Array:
        out = super().compute(given)
        key = given.shape, given.img.shape
        self._calls[key] += several(given)
        if self._calls[key] % 50 == 0 and several(given):
            out[:, -1:] *= 2
        return out


class KeepingARefusedRequest(Layer):
    """A call that is refused leaves its image, which the next one of several channels reads."""

    def __init__(self, layout: str = "NCHW") -> None:
        super().__init__(layout)
        self._left: Array | None = None

    def given(self, img: Array, k: Array, *rest: Any, **options: Any) -> LayerRequest:
        left, self._left = self._left, img
        made = super().given(img, k, *rest, **options)
        self._left = None
        stale = left is not None and left.ndim == 4 and several(made)
        return replace(made, img=made.img * 0) if stale else made


class OneResultForEqualImages(Layer):
    """Equal images are computed once, and their results are views of one."""

    def compute(self, given: LayerRequest) -> Array:
        out = super().compute(given)
        if len(given.img) > 1 and (given.img == given.img[:1]).all():
            return np.lib.stride_tricks.as_strided(out, strides=(0, *out.strides[1:]))
        return out


def _packed(a: Array) -> bool:
    return bool(a.flags.c_contiguous)


def _as_packed(a: Array) -> Array:
    """The buffer of a transposed view, read in the order of its shape."""
    return a.ravel(order="K").reshape(a.shape)


def misreading(fits: Callable[[LayerRequest], bool], *operands: str) -> type[Layer]:
    """Operands with several channels are read as if they were packed."""

    class Misreading(Layer):
        def compute(self, given: LayerRequest) -> Array:
            if several(given) and fits(given):
                read: dict[str, Any] = {name: _as_packed(getattr(given, name)) for name in operands}
                given = replace(given, **read)
            return super().compute(given)

    return Misreading


IGNORING_TRANSPOSED_VIEWS = misreading(lambda _: True, "img", "k")
# Each operand is taken to have the format of the other one.
WEIGHTS_IN_THE_IMAGES_FORMAT = misreading(lambda given: _packed(given.img), "k")
IMAGE_IN_THE_WEIGHTS_FORMAT = misreading(lambda given: _packed(given.k), "img")


def _not_finite(a: Array) -> bool:
    return not np.isfinite(a).all()


def nan_in(spoil: Callable[[LayerRequest, Array], None]) -> type[Layer]:
    """A result with several channels is right unless an operand is not finite."""

    class NaN(Layer):
        def compute(self, given: LayerRequest) -> Array:
            out = super().compute(given)
            if several(given):
                spoil(given, out)
            return out

    return NaN


def to_other_groups(given: LayerRequest, out: Array) -> None:
    """Of a pixel reaches the outputs of every group."""
    if _not_finite(given.img):
        reached = ~np.isfinite(out).all(1, keepdims=True)
        np.copyto(out, np.nan, where=reached)


def to_other_images(given: LayerRequest, out: Array) -> None:
    """Of a pixel reaches the results of every image."""
    if _not_finite(given.img):
        reached = ~np.isfinite(out).all(0, keepdims=True)
        np.copyto(out, np.nan, where=reached)


def to_the_next_output(given: LayerRequest, out: Array) -> None:
    """Of a tap reaches the next output."""
    if _not_finite(given.k):
        out[:, 1:][~np.isfinite(out[:, :-1])] = np.nan


def lost_past_the_first_output(given: LayerRequest, out: Array) -> None:
    """Of a pixel reaches the first output alone, without groups."""
    if _not_finite(given.img) and given.groups == 1:
        np.nan_to_num(out[:, 1:], copy=False, posinf=0, neginf=0)


def lost_in_groups(given: LayerRequest, out: Array) -> None:
    """Of a tap is lost where there are groups."""
    if _not_finite(given.k) and given.groups > 1:
        np.nan_to_num(out, copy=False)
