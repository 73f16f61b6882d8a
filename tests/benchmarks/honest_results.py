"""Counts how often `assert_conv2d` accuses an honest result, and which planted faults it finds.

``python -m tests.benchmarks.honest_results torch >> results.jsonl`` makes the calls of one
framework, in the environment that has it; ``python -m tests.benchmarks.honest_results --table
results.jsonl`` prints the tables of ``tests/benchmarks/README.md``.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.backends import registry
from conv2d_conformance.cases import random_data
from conv2d_conformance.definition.dtypes import dtype_by_name
from conv2d_conformance.definition.layers import four
from conv2d_conformance.diagnosis.precision_loss import round_to_bits
from conv2d_conformance.testing.array_assertion import wrong_elements
from conv2d_conformance.testing.lowered_precision import find_lowered_operands
from conv2d_conformance.testing.requested import request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conv2d_conformance.backends.protocol import Backend, Spec
    from conv2d_conformance.definition.correlation import Array

# Fewer for calls that are loops in Python.
RESULTS, OF_LOOPS = 100, 10
FAMILIES: tuple[random_data.Family, ...] = ("normal", "positive", "cancelling")
Operands = tuple["Array", "Array"]


@dataclass(frozen=True)
class Input:
    """Shapes and options of a call; the last of each table sums 4608 products."""

    x: tuple[int, ...]
    k: tuple[int, ...]
    padding: Any = "valid"
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def terms(self) -> int:
        """K."""
        return int(np.prod(self.k[-3:] if len(self.k) == 4 else self.k))


PLANES = (
    Input((9, 8), (3, 3), "same"),
    Input((12, 13), (2, 4), "same"),
    Input((20, 21), (5, 5)),
    Input((17, 16), (7, 6), "full"),
    Input((33, 32), (11, 11), "same"),
    Input((40, 41), (15, 16)),
    Input((76, 67), (72, 64)),
)
LAYERS = (
    Input((2, 3, 10, 11), (4, 3, 3, 3), "same"),
    Input((1, 16, 11, 12), (8, 16, 3, 3), ((1, 1), (1, 1)), (("stride", 2),)),
    Input((2, 64, 7, 7), (8, 64, 1, 1)),
    Input((1, 16, 9, 9), (16, 4, 3, 3), "same", (("groups", 4),)),
    Input((1, 8, 13, 14), (4, 8, 3, 3), "valid", (("dilation", 2),)),
    Input((1, 512, 6, 7), (4, 512, 3, 3), "same"),
)


def shortened(bits: int) -> Callable[[Array, Array], Operands]:
    """Round both operands."""
    return lambda x, k: (
        round_to_bits(x, bits).astype(x.dtype),
        round_to_bits(k, bits).astype(k.dtype),
    )


def without_one(x: Array, k: Array) -> Operands:
    """The kernel without one element, of one output and channel: the one of median size."""
    kept = k.copy()
    kept.reshape(-1)[np.argsort(np.abs(k), axis=None)[k.size // 2]] = 0
    return x, kept


EXACTLY: dict[str, Callable[[Array, Array], Operands]] = {
    "flip": lambda x, k: (x, k[..., ::-1, ::-1].copy()),
    "shift": lambda x, k: (np.roll(x, 1, -1), k),
    "dropped tap": without_one,
}
SINGLE = {"TF32": shortened(11), "bfloat16": shortened(8)}


def planted(dtype: str) -> dict[str, Callable[[Array, Array], Operands]]:
    """The faults that the bound of a dtype can tell: of 16 bits it hides one product of many."""
    if dtype not in ("float32", "float64"):
        return {}
    return EXACTLY | SINGLE if dtype == "float32" else EXACTLY


def operands(each: Input, dtype: str, seed: int) -> Operands:
    """Random numbers, in families that do not overflow."""
    rng = np.random.default_rng([seed, each.terms])
    if np.dtype(dtype_by_name(dtype)).kind in "iu":
        high = 2 if dtype in ("uint8", "int8", "int16") else 100
        low = 0 if dtype == "uint8" else -high
        # Few ones, so that eight bits hold the sum.
        x, k = (rng.integers(low, high, shape) for shape in (each.x, each.k))
        k *= rng.random(each.k) < 100 / (high**2 * each.terms)
        return x.astype(dtype), k.astype(dtype)
    family = FAMILIES[seed % len(FAMILIES)]
    shapes = each.x, each.k
    if len(each.x) == 4:
        return random_data.layer_operands("normal", rng, shapes, each.terms, dtype_by_name(dtype))
    plane, kernel = ((rows, columns) for rows, columns in shapes)
    return random_data.make(family, rng, plane, kernel, dtype_by_name(dtype))


def inputs(spec: Spec) -> Iterator[Input]:
    """What a call takes, in turn; of one that compiles for every shape, a third."""
    taken = [each for each in PLANES if each.padding in spec.paddings]
    if "batch" in spec.options:
        taken += [
            each
            for each in LAYERS
            if each.padding in spec.paddings or not isinstance(each.padding, str)
        ]
    if spec.name.endswith("-compile"):
        taken = taken[::3]
    return islice(cycle(taken), OF_LOOPS if spec.name.startswith("textbook") else RESULTS)


def wrong(spec: Spec, result: Array, x: Array, k: Array, each: Input) -> bool:
    """Whether `assert_conv2d` would accuse a result."""
    options = {"stride": 1, "dilation": 1, "groups": 1, **dict(each.options)}
    wanted = request(
        x, k, padding=each.padding, **options, bias=None,
        orientation=spec.orientation or "correlation", anchor=spec.anchor or "upper",
        strided_same=spec.strided_same or "output", boundary=spec.boundary or "zeros",
        algorithm=spec.algorithm or "direct",
    )  # fmt: skip
    exact = wanted.exact()
    assert result.shape == wanted.shape
    beyond = wrong_elements(four(result), exact, wanted.bound(exact, result.dtype)).any()
    return bool(beyond) or find_lowered_operands(wanted, four(result), exact) is not None


def count(backend: Backend, dtype: str) -> dict[str, Any]:
    """Make the calls of one backend in one dtype."""
    spec, call = backend.spec, backend.conv2d
    counts: Counter[str] = Counter()
    for seed, each in enumerate(inputs(spec)):
        x, k = operands(each, dtype, seed)
        options = dict(each.options)
        try:
            result = np.asarray(call(x, k, each.padding, **options))
        except Exception:  # noqa: BLE001  (whatever a framework raises)
            counts["refused"] += 1
            continue
        counts["results"] += 1
        counts["accused"] += wrong(spec, result, x, k, each)
        for name, change in planted(dtype).items():
            if name == "flip" and each.k[-2:] == (1, 1):
                continue
            counts[f"planted {name}"] += 1
            made = np.asarray(call(*change(x, k), each.padding, **options))
            counts[f"found {name}"] += wrong(spec, made, x, k, each)
    return {"backend": spec.name, "dtype": dtype, **counts}


def measure(prefix: str) -> None:
    """Print a line for each backend of a prefix and each dtype."""
    under = os.environ.get("KERAS_BACKEND", "") if prefix == "keras" else ""
    for name in registry.select(prefix):
        if name in registry.TRANSPOSED:
            continue
        backend = registry.load(name)
        for dtype in backend.spec.dtypes:
            line = count(backend, dtype)
            print(json.dumps({**line, "under": under}), flush=True)


def table(lines: Iterator[dict[str, Any]]) -> Iterator[str]:
    """Yield the table: a row for each call, with its dtypes and all of its results together."""
    faults = ("flip", "shift", "dropped tap", "TF32", "bfloat16")
    yield f"| call | dtypes | honest results | accused | {' | '.join(faults)} |"
    yield f"|---|---|---|---|{'---|' * len(faults)}"
    rows: dict[str, Counter[str]] = {}
    dtypes: dict[str, list[str]] = {}
    for line in lines:
        under = f" on {line['under']}" if line["under"] else ""
        name = f"`{line['backend']}`{under}"
        numbers = {key: many for key, many in line.items() if isinstance(many, int)}
        for each in (name, "all"):
            rows.setdefault(each, Counter()).update(numbers)
        if line.get("results"):
            dtypes.setdefault(name, []).append(line["dtype"])
    for name in [*(row for row in rows if row != "all"), "all"]:
        row = rows[name]
        found = (f"{row[f'found {f}']} of {row[f'planted {f}']}" for f in faults)
        cells = [", ".join(dtypes.get(name, [])), row["results"], row["accused"], *found]
        yield f"| {name} | {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    if sys.argv[1] == "--table":
        read = (line for path in sys.argv[2:] for line in Path(path).read_text().splitlines())
        print("\n".join(table(json.loads(line) for line in read)))
    else:
        for word in sys.argv[1:]:
            measure(word)
