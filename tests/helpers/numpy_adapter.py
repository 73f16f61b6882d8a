"""An adapter that needs NumPy alone, for tests that run it from its text as a shipped one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.backends.protocol import Spec, TooOld

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.backends.protocol import Array, Pads, Pair


class Planted:
    r"""Holds what is hard to carry in a literal: \ and ''' and µ."""

    spec = Spec("planted", "planted(img, k)")

    def __init__(self, layout: str | None = None) -> None:
        self.layout = layout

    def conv2d(self, img: Array, k: Array, padding: str | Pads, **options: Any) -> Array:
        parts = _read(img, k, padding, **options)
        return np.asarray(sum(np.einsum("nchw,oc->nohw", a, k[:, :, i, j]) for i, j, a in parts))

    def gradients(
        self, img: Array, k: Array, padding: str | Pads, cotangent: Array, **options: Any
    ) -> tuple[Array, Array]:
        """Only that by the kernel; the one by the image is zeros."""
        by_k = np.zeros_like(k)
        for i, j, part in _read(img, k, padding, **options):
            by_k[:, :, i, j] = np.einsum("nchw,nohw->oc", part, cotangent)
        return np.zeros_like(img), by_k


class Older(Planted):
    """Gives way to an adapter for an older version."""

    def __init__(self) -> None:
        instead = "conv2d_conformance.backends.adapters.planted:Planted"
        msg = "this is version 1; install version 2"
        raise TooOld(msg, instead)


def _read(
    img: Array, k: Array, padding: str | Pads, *, stride: Pair = (1, 1), dilation: Pair = (1, 1)
) -> Iterator[tuple[int, int, Array]]:
    """Each kernel element with the pixels that it is multiplied by."""
    reach = [d * (n - 1) for d, n in zip(dilation, k.shape[2:], strict=True)]
    axes = list(zip(img.shape[2:], stride, reach, strict=True))
    if not isinstance(padding, tuple):
        totals = [max((-(-n // s) - 1) * s + r + 1 - n, 0) for n, s, r in axes]
        padding = tuple((total // 2, total - total // 2) for total in totals)  # type: ignore[assignment]
    padded = np.pad(img, [(0, 0), (0, 0), *padding])
    ends = [n - r for n, r in zip(padded.shape[2:], reach, strict=True)]
    for i, j in np.ndindex(*k.shape[2:]):
        corner = i * dilation[0], j * dilation[1]
        rows, columns = (
            slice(at, at + end, s) for at, end, s in zip(corner, ends, stride, strict=True)
        )
        yield i, j, padded[:, :, rows, columns]
