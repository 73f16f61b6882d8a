"""The command `probe`: measures each backend, one framework per process, and prints its facts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends.protocol import Unavailable
from conv2d_conformance.cli.table import render
from conv2d_conformance.console import emit, say
from conv2d_conformance.runtime.environments.choose_python import resolve_python
from conv2d_conformance.runtime.kept_output import kept_output
from conv2d_conformance.runtime.runner_pool import RunnerPool, split_selector, with_python
from conv2d_conformance.under_test.factory import put_under_test

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COLUMNS = {
    "conv2d": {
        "backend": "BACKEND",
        "orientation": "ORIENTATION",
        "anchor": "EVEN SAME",
        "boundary": "OUTSIDE",
        "larger": "VALID, KERNEL > IMAGE",
        "paddings": "PADDINGS",
        "dtypes": "DTYPES",
    },
    "conv_transpose2d": {
        "backend": "TRANSPOSED BACKEND",
        "reads": "KERNEL",
        "anchor": "ODD CROP OF SAME",
        "ends": "VALID ENDS WITH LAST",
        "output_padding": "OUTPUT_PADDING",
        "paddings": "PADDINGS",
        "dtypes": "DTYPES",
    },
}


def probe(
    selectors: Sequence[str],
    python: str | None,
    *,
    as_json: bool,
    requirements: Sequence[str] = (),
    verbose: bool = False,
) -> int:
    """Measure every selected backend; return 1 if one contradicts itself, 2 if one did not load.

    What frameworks print is shown if one did not load, or with ``verbose``.

    Each framework runs in its own process. Its Python is the one that the selector names, or the
    one that ``python`` and ``requirements`` name, or this one.
    """
    chosen = resolve_python(requirements, python)
    every = [with_python(selector, chosen) for selector in selectors]
    with kept_output(verbose=verbose) as output:
        pool = RunnerPool(output=output)
        names = list(dict.fromkeys(name for each in every for name in pool.select(each)))
        found, missing = _measure(pool, names)
        pool.stop()
    if missing:
        output.show()
    if as_json:
        emit(json.dumps(found, indent=2))
    elif found:
        for operation, columns in COLUMNS.items():
            if rows := [_row(facts) for facts in found if _operation(facts) == operation]:
                emit(render(rows, columns))
        for facts in found:
            for note in _notes(facts):
                emit(f"{facts['backend']}: {note}")
    for reason in missing:
        say(f"conformance probe: {reason}")
    unjudged = missing or any(not facts["paddings"] for facts in found)
    return 2 if unjudged else int(any(not facts["consistent"] for facts in found))


def _measure(pool: RunnerPool, selectors: list[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the facts of the backends that load, and why others do not load."""
    found, missing = [], []
    for selector in selectors:
        try:
            subject = put_under_test(pool.runner(selector), selector)
        except Unavailable as error:
            missing.append(str(error))
            continue
        say(f"probing {selector}")
        name = split_selector(selector)[0]
        found.append({"backend": name, "call": subject.spec.call, **subject.facts()})
    return found, missing


def _operation(facts: dict[str, Any]) -> str:
    return facts.get("operation", "conv2d")  # type: ignore[no-any-return]  # a fact that is a word


def _row(facts: dict[str, Any]) -> dict[str, str]:
    sides = dict.fromkeys(str(facts["anchor"][axis] or "-") for axis in ("rows", "columns"))
    outputs = {d: facts["output_dtypes"][d] for d in facts["dtypes"]}
    return {
        "backend": facts["backend"],
        "orientation": str(facts.get("orientation") or "none that fits"),
        "reads": str(facts.get("reads") or "none that fits"),
        "ends": str(facts.get("ends") or "-"),
        "output_padding": str(facts.get("output_padding") or "-"),
        "anchor": "/".join(sides),
        "boundary": str(facts.get("boundary") or "-"),
        "larger": _larger(facts),
        "paddings": " ".join(facts["paddings"]),
        "dtypes": " ".join(
            _short(d) if out == d else f"{_short(d)}→{_short(out)}" for d, out in outputs.items()
        ),
    }


def _larger(facts: dict[str, Any]) -> str:
    both, *single = (facts.get(f"larger_kernel{axis}") or "-" for axis in ("", "_rows", "_columns"))
    words = "/".join(dict.fromkeys(single))
    return both if words == both else f"{both}; in one axis {words}"


def _short(dtype: str) -> str:
    """Abbreviate a dtype: ``f32`` for float32, ``bf16`` for bfloat16, ``u8`` for uint8."""
    for long, short in {"bfloat": "bf", "float": "f", "uint": "u", "int": "i"}.items():
        if dtype.startswith(long):
            return dtype.replace(long, short)
    return dtype


def _notes(facts: dict[str, Any]) -> Iterator[str]:
    """Return the notes below the table: contradictions, and what was refused and why."""
    yield from facts["complaints"]
    for padding, reason in facts["refused_paddings"].items():
        yield f"no {padding!r}: {reason}"
    if refused := facts.get("refused_kernels"):
        extents = dict.fromkeys(name.rsplit("-by-", 1)[1] for name in refused)
        first = next(iter(refused.values()))
        yield f"refuses kernels of {', '.join(extents)}: {first}"
    if facts["dtypes"] and facts.get("probed_with", "float32") != "float32":
        yield f"probed with {facts['probed_with']}, for it refuses float32"
