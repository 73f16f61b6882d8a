"""The command `probe`: measures each backend, one framework per process, and prints its facts."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from backends.protocol import Unavailable
from backends.registry import load, select
from conformance.console import emit, others_on_stderr, say
from conformance.subjects import judged
from conformance.table import render

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


def probe(selectors: Sequence[str], *, as_json: bool) -> int:
    """Measure every selected backend; 1 if one contradicts itself, 2 if one could not be loaded."""
    names = list(dict.fromkeys(name for selector in selectors for name in select(selector)))
    with others_on_stderr():
        found, missing = _measure(names)
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


def _measure(names: list[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """Facts of the backends that load, and why others do not: one framework per process."""
    families = dict.fromkeys(_family(name) for name in names)
    if len(families) > 1:
        parts = [_elsewhere([n for n in names if _family(n) == family]) for family in families]
        every = [facts for found, _ in parts for facts in found]
        every.sort(key=lambda facts: names.index(facts["backend"]))
        return every, [reason for _, lost in parts for reason in lost]
    found, missing = [], []
    for name in names:
        try:
            backend = load(name)
        except Unavailable as error:
            missing.append(str(error))
            continue
        say(f"probing {name}")
        found.append({"backend": name, "call": backend.spec.call, **judged(backend).facts()})
    return found, missing


def _operation(facts: dict[str, Any]) -> str:
    return facts.get("operation", "conv2d")  # type: ignore[no-any-return]  # a fact that is a word


def _family(name: str) -> str:
    return name.split(":")[0] if ":" in name else name.split(".")[0]


def _elsewhere(names: list[str]) -> tuple[list[dict[str, Any]], list[str]]:
    command = [sys.executable, "-m", "conformance", "probe", "--json", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (our own command)
    if done.returncode not in (0, 1, 2) or not done.stdout.strip():
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return [], [last.removeprefix("conformance probe: ")]
    lost = [line for line in done.stderr.splitlines() if line.startswith("conformance probe: ")]
    # What a framework may print after the list, as the process ends, is no part of it.
    found, _ = json.JSONDecoder().raw_decode(done.stdout)
    return found, [line.removeprefix("conformance probe: ") for line in lost]


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
    """``f32`` for float32, ``bf16`` for bfloat16, ``u8`` for uint8."""
    for long, short in {"bfloat": "bf", "float": "f", "uint": "u", "int": "i"}.items():
        if dtype.startswith(long):
            return dtype.replace(long, short)
    return dtype


def _notes(facts: dict[str, Any]) -> Iterator[str]:
    """What the table has no room for: contradictions, and what was refused and why."""
    yield from facts["complaints"]
    for padding, reason in facts["refused_paddings"].items():
        yield f"no {padding!r}: {reason}"
    if refused := facts.get("refused_kernels"):
        extents = dict.fromkeys(name.rsplit("-by-", 1)[1] for name in refused)
        first = next(iter(refused.values()))
        yield f"refuses kernels of {', '.join(extents)}: {first}"
    if facts["dtypes"] and facts.get("probed_with", "float32") != "float32":
        yield f"probed with {facts['probed_with']}, for it refuses float32"
