"""Run in a process of one framework: what an adapter of a transposed convolution gives, as JSON.

``python -m tests.helpers.observe_transposed jax.lax.conv_transpose flips`` prints, for each
question, the cases that answered it wrongly.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.backends import registry
from tests.helpers import naive_planes
from tests.helpers.observe_options import answer, integers, listed, refused

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Padding, Pads, Pair, Spec, Transposed

    Case = tuple[Padding | Pads, Pair, Pair, int, Pair, Pair | None]

STRIDES: tuple[Pair, ...] = ((1, 1), (2, 1), (2, 3), (5, 4))
KERNELS: tuple[Pair, ...] = ((3, 3), (2, 4))
DILATIONS: tuple[Pair, ...] = ((1, 1), (2, 1))
PADDINGS: tuple[Padding | Pads, ...] = ("valid", "same", ((1, 1), (0, 0)))
MORE: tuple[Pair, ...] = ((1, 1), (1, 2))
CASES: tuple[Case, ...] = (
    *product(PADDINGS[:2], STRIDES, DILATIONS, (1, 2), KERNELS, (None,)),
    *product(PADDINGS, ((2, 3),), DILATIONS, (1, 2), (*KERNELS, (3, 5)), MORE),
)


def observe(name: str, *, flips: bool, stretches: bool) -> dict[str, list[str]]:
    adapter = registry.load_transposed(name)
    wrong: dict[str, list[str]] = {"values": [], "planes": [], "refusals": []}
    for case in CASES:
        x, k = integers(1, (2, 4, 4, 5)), integers(2, (4, 3, *case[4]))
        read = k[:, :, ::-1, ::-1] if flips else k
        for question, groups in (("values", case[3]), ("planes", 1)):
            this = (*case[:3], groups, *case[4:])
            img, taps = (x[:1, :1], read[:1, :1]) if question == "planes" else (x, read)
            y = expected(img, taps, this, stretches=stretches)
            a, b, y = (x[0, 0], k[0, 0], y[0, 0]) if question == "planes" else (x, k, y)
            found = answer(partial(call, adapter, a, b, this), y)
            if takes(adapter.spec, this) and found:
                wrong[question].append(f"{this}: {found}")
            if not takes(adapter.spec, this) and not found:
                wrong["refusals"].append(f"{this}: no exception")
    return wrong


def call(adapter: Transposed, x: Array, k: Array, case: Case) -> Array:
    padding, stride, dilation, groups, _, more = case
    options = {} if more is None else {"output_padding": more}
    return adapter.conv_transpose2d(
        x, k, padding, stride=stride, dilation=dilation, groups=groups, **options
    )


def takes(spec: Spec, case: Case) -> bool:
    padding, stride, dilation, groups, _, more = case
    named = {
        "stride": stride != (1, 1),
        "dilation": dilation != (1, 1),
        "groups": groups > 1,
        "explicit": isinstance(padding, tuple),
        "output_padding": more is not None,
    }
    words = {word for word, holds in named.items() if holds} | {str(padding), "float32"}
    return listed(spec, words) and not refused(spec, words)


def expected(x: Array, k: Array, case: Case, *, stretches: bool) -> Array:
    """The adjoint, cut or padded to the size that the call gives."""
    padding, stride, dilation, groups, kernel, more = case
    y = naive_planes.scatter(x, k, stride, dilation, groups)
    for axis, (s, d, m) in enumerate(zip(stride, dilation, kernel, strict=True)):
        span, crop = d * (m - 1) + 1, padding[axis] if isinstance(padding, tuple) else padding
        if more is None:
            y = fitted(y, axis + 2, span - s, str(crop), stretches=stretches)
        else:
            y = longer(y, axis + 2, span, crop, more[axis])
    return y


def longer(y: Array, axis: int, span: int, padding: str | Pair, more: int) -> Array:
    """PyTorch crops ``more`` less after; under ``same`` Keras counts from (H - 1)s + span % 2."""
    if padding == "same":
        cut = span - span % 2 - more
        before, after = (cut // 2, cut - cut // 2) if cut > 0 else (0, cut)
    else:
        before, after = padding if isinstance(padding, tuple) else (0, 0)
        after -= more
    y = np.pad(y, [(0, max(-after, 0) if n == axis else 0) for n in range(4)])
    return y.take(range(before, y.shape[axis] - max(after, 0)), axis)


def fitted(y: Array, axis: int, excess: int, padding: str, *, stretches: bool) -> Array:
    """``same`` cuts what a kernel exceeds its stride by, half of it, rounded down, before."""
    if excess < 0:
        after = -excess if stretches else 0
        return np.pad(y, [(0, after if n == axis else 0) for n in range(4)])
    start = excess // 2 if padding == "same" else 0
    stop = y.shape[axis] - (excess - start if padding == "same" else 0)
    return y[tuple(slice(start, stop) if n == axis else slice(None) for n in range(4))]


if __name__ == "__main__":
    kinds = sys.argv[2:]
    print(json.dumps(observe(sys.argv[1], flips="flips" in kinds, stretches="short" not in kinds)))
