"""Every wrong call whose failure is explained, and the explanation that its failure gives.

``python -m tests.helpers.failing_calls`` writes the explanations anew.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ml_dtypes
import numpy as np

from conv2d_conformance.under_test.backend import BackendUnderTest
from conv2d_conformance.under_test.factory import put_under_test
from tests.helpers.judge_mutant import check_named, outcome, outcome_with
from tests.mutants import arithmetic, direct, geometry, honest, layer_table, table
from tests.mutants import transposed_table as transposed
from tests.mutants.layer_faults import changed
from tests.mutants.layers import Layer
from tests.mutants.mutant import PLENTY
from tests.mutants.transposed import Transposed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conv2d_conformance.checks.registry import Check
    from conv2d_conformance.definition.correlation import Array
    from tests.mutants.direct import Conv2d
    from tests.mutants.given import LayerRequest
    from tests.mutants.transposed import TransposedRequest

    Call = tuple[Check, Callable[[], BackendUnderTest]]

FILE = Path(__file__).parents[1] / "diagnosis" / "sentences.json"
# What stands before the explanation: the bound that was exceeded, or the shape that was expected.
BEFORE = re.compile(r".*(?:exceeds the bound \S+|expected \([^)]*\))\. ", re.DOTALL)


def zeros(a: Array) -> Array:
    return np.zeros_like(a)


def not_a_number(a: Array) -> Array:
    out = a.copy()
    out[..., -1:] = np.nan
    return out


def doubled(a: Array) -> Array:
    return a + a


def scrambled(a: Array) -> Array:
    """Right but for 7, added to the last element."""
    out = a.copy()
    out[..., -1:, -1:] += 7
    return out


def transposed_where_square(a: Array) -> Array:
    return a.swapaxes(-1, -2) if a.shape[-1] == a.shape[-2] else a


def reversed_in_front(a: Array) -> Array:
    return a[::-1] if a.ndim == 4 else a


def channels_reversed(a: Array) -> Array:
    return a[:, ::-1] if a.ndim == 4 else a


def rows_flipped(a: Array) -> Array:
    return a[..., ::-1, :]


CHANGES = {
    "zeros": zeros,
    "not-a-number": not_a_number,
    "doubled": doubled,
    "scrambled": scrambled,
    "transposed": transposed_where_square,
    "reversed": reversed_in_front,
    "channels-reversed": channels_reversed,
    "rows-flipped": rows_flipped,
}


def _large(image: Any, kernel: Any) -> bool:
    """Cases of the values' checks, and no size that the probe tries."""
    return bool(kernel[0] * kernel[1] > 6 and image[0] != image[1])


def _changed(change: Callable[[Array], Array]) -> Conv2d:
    return lambda img, k, padding: change(direct.conv2d(img, k, padding))


def _planes() -> Iterator[tuple[str, Call]]:
    """Right on the shapes that the probe calls with, wrong on others."""
    wrong: dict[str, Conv2d] = {name: _changed(change) for name, change in CHANGES.items()}
    wrong |= {
        "tf32": arithmetic.through_tf32,
        "bfloat16": arithmetic.through(ml_dtypes.bfloat16),
        "convolution": geometry.reads("convolution"),
        "columns": geometry.reads("flip-columns"),
        "mirror": geometry.beyond("reflect"),
        "rolled": geometry.rolled,
    }
    for name, call in wrong.items():
        some = geometry.where(_large, call)
        for check in (table.EXACT, table.REAL):
            yield f"plane-{name}-{check}", _plane(some, check, "direct")
    yield "plane-rounded", _plane(honest.fourier, table.EXACT, "direct")
    for name in ("convolution", "scrambled"):
        misread = geometry.where(_large, wrong[name])
        yield f"plane-fft-{name}", _plane(misread, table.EXACT, "fft")


def _plane(call: Conv2d, check: str, algorithm: Any) -> Call:
    return check_named(check), lambda: outcome_with(call, algorithm, budget=PLENTY)


def _layer(change: Callable[[Array], Array]) -> type[Layer]:
    def compute(given: LayerRequest, out: Array) -> Array:
        return change(out) if len(given.img) > 1 else out

    return changed(compute)


def _gradients(change: Callable[[Array], Array]) -> dict[str, type[Layer]]:
    class ByImage(Layer):
        def by_image(self, given: LayerRequest, cotangent: Array) -> Array:
            return change(super().by_image(given, cotangent))

    class ByKernel(Layer):
        def by_kernel(self, given: LayerRequest, cotangent: Array) -> Array:
            return change(super().by_kernel(given, cotangent))

    return {"image": ByImage, "kernel": ByKernel}


class WithoutAddition(Layer):
    def fused(
        self, img: Array, k: Array, padding: Any, bias: Array, addend: Array, **options: Any
    ) -> Array:
        return super().fused(img, k, padding, bias, np.zeros_like(addend), **options)


def _layers() -> Iterator[tuple[str, Call]]:
    adapters: dict[str, tuple[type[Layer], str]] = {
        "fused-without-addition": (WithoutAddition, layer_table.FUSED)
    }
    for name, change in CHANGES.items():
        adapters[f"layer-{name}"] = _layer(change), layer_table.EXACT
        adapters[f"layer-real-{name}"] = _layer(change), layer_table.REAL
        for which, adapter in _gradients(change).items():
            adapters[f"gradient-{which}-{name}"] = adapter, layer_table.GRADIENTS
    adapters["layer-larger"] = (
        _layer(lambda a: np.pad(a, ((0, 0), (0, 0), (0, 1), (0, 0)))),
        layer_table.EXACT,
    )
    for name, (adapter, check) in adapters.items():
        yield name, (check_named(check), _layer_under_test(adapter))


def _layer_under_test(adapter: type[Layer]) -> Callable[[], BackendUnderTest]:
    return lambda: BackendUnderTest(adapter(), seconds=20)


def _transposed(change: Callable[[Array], Array]) -> type[Transposed]:
    """Right on every index map, which has one image."""

    class Changed(Transposed):
        def cut(self, asked: TransposedRequest, full: Array) -> Array:
            out = super().cut(asked, full)
            return change(out) if len(asked.img) > 1 else out

    return Changed


def _transposed_layers() -> Iterator[tuple[str, Call]]:
    adapters = {name: _transposed(change) for name, change in CHANGES.items()}
    adapters["larger"] = _transposed(lambda a: np.pad(a, ((0, 0), (0, 0), (0, 1), (0, 0))))
    adapters["doubled-and-larger"] = _transposed(
        lambda a: np.pad(doubled(a), ((0, 0), (0, 0), (0, 1), (0, 0)))
    )
    for name, adapter in adapters.items():
        for check in (transposed.EXACT, transposed.REAL):
            yield f"transposed-{name}-{check}", (check_named(check), _adjoint(adapter))


def _adjoint(adapter: type[Transposed]) -> Callable[[], BackendUnderTest]:
    return lambda: put_under_test(adapter())


def _mutants() -> Iterator[tuple[str, Call]]:
    """Those of the tables whose failure may have an explanation."""
    for mutant in table.MUTANTS:
        if mutant.check in (table.EXACT, table.REAL):
            yield mutant.id, (check_named(mutant.check), mutant.under_test)
    for layer in layer_table.LAYER_MUTANTS:
        if layer.check != layer_table.TIMED:
            yield layer.id, (check_named(layer.check), layer.under_test)
    for adjoint in transposed.TRANSPOSED_MUTANTS:
        yield f"t-{adjoint.id}", (check_named(adjoint.check), adjoint.under_test)


CALLS: dict[str, Call] = dict([*_planes(), *_layers(), *_transposed_layers(), *_mutants()])


def explanation(name: str) -> str | None:
    """What the failure of a call says beyond the numbers; None if nothing explains it."""
    check, make = CALLS[name]
    said = BEFORE.match(str(outcome(make(), check)))
    return said.string[said.end() :] if said else None


if __name__ == "__main__":
    every = ((name, explanation(name)) for name in CALLS)
    found = {name: words for name, words in every if words is not None}
    FILE.write_text(json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
