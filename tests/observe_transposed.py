"""Run in a process of one framework: what an adapter of a transposed convolution gives, as JSON.

``python -m tests.observe_transposed jax.lax.conv_transpose flips`` prints, for each question, the
cases that answered it wrongly.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from backends import registry
from tests import naive
from tests.observe_options import answer, integers, listed, refused

if TYPE_CHECKING:
    from backends.protocol import Array, Padding, Pair, Spec, Transposed

    Case = tuple[Padding, Pair, Pair, int, Pair]

STRIDES: tuple[Pair, ...] = ((1, 1), (2, 1), (2, 3), (5, 4))
KERNELS: tuple[Pair, ...] = ((3, 3), (2, 4))
DILATIONS: tuple[Pair, ...] = ((1, 1), (2, 1))
CASES: tuple[Case, ...] = tuple(product(("valid", "same"), STRIDES, DILATIONS, (1, 2), KERNELS))


def observe(name: str, *, flips: bool, stretches: bool) -> dict[str, list[str]]:
    adapter = registry.load_transposed(name)
    wrong: dict[str, list[str]] = {"values": [], "planes": [], "refusals": []}
    for case in CASES:
        x, k = integers(1, (2, 4, 4, 5)), integers(2, (4, 3, *case[-1]))
        read = k[:, :, ::-1, ::-1] if flips else k
        for question, groups in (("values", case[3]), ("planes", 1)):
            this = (*case[:3], groups, case[4])
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
    padding, stride, dilation, groups, _ = case
    return adapter.conv_transpose2d(x, k, padding, stride=stride, dilation=dilation, groups=groups)


def takes(spec: Spec, case: Case) -> bool:
    padding, stride, dilation, groups, _ = case
    named = {"stride": stride != (1, 1), "dilation": dilation != (1, 1), "groups": groups > 1}
    words = {word for word, holds in named.items() if holds} | {padding, "float32"}
    return listed(spec, words) and not refused(spec, words)


def expected(x: Array, k: Array, case: Case, *, stretches: bool) -> Array:
    """The adjoint, cut or padded to the size that the call gives."""
    padding, stride, dilation, groups, kernel = case
    y = naive.scatter(x, k, stride, dilation, groups)
    for axis, (s, d, m) in enumerate(zip(stride, dilation, kernel, strict=True), 2):
        y = fitted(y, axis, d * (m - 1) + 1 - s, padding, stretches=stretches)
    return y


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
