"""Determinism: bit-equal on repetition, in a fresh process, and whatever the number of threads."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from backends.protocol import Unavailable
from backends.registry import load
from conformance import data
from conformance.cases import Case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backends.protocol import Backend
    from conformance.reference import Array

# Small, odd and large enough for a framework to share the work out among threads.
CASES = (
    Case((9, 10), (3, 3), family="normal"),
    Case((64, 65), (7, 7), family="normal"),
    Case((200, 201), (11, 11), family="normal"),
)
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}


def results(backend: Backend) -> dict[str, Array]:
    """The result of each case that the call takes, in unsigned bytes so that NaN compares."""
    found = {}
    call = getattr(backend, backend.spec.operation)
    for case in CASES:
        try:
            result = np.asarray(call(*case.arrays(), _padding(backend, case)))
        except Exception:  # noqa: BLE001, S112  (what a call refuses is no matter of determinism)
            continue
        found[case.id] = np.ascontiguousarray(result).view(np.uint8)
    return found


def _padding(backend: Backend, case: Case) -> str:
    """That of the case, or one that the call declares: not every call has ``same``."""
    declared = backend.spec.paddings
    return case.padding if not declared or case.padding in declared else declared[0]


def elsewhere(names: Sequence[str], environment: dict[str, str]) -> dict[str, Array]:
    """Results of all backends from one fresh process, by ``name|case``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "results.npz")
        seed = str(data.SEED.get())
        command = [sys.executable, "-m", "conformance.determinism", str(path), seed, *names]
        subprocess.run(  # noqa: S603  (our own command)
            command,
            env={**os.environ, **environment},
            capture_output=True,
            timeout=300,
            check=True,
        )
        with np.load(path) as stored:
            return dict(stored)


def compare(name: str, here: dict[str, Array], there: dict[str, Array]) -> str:
    """``bit-equal``, or the first case and byte-wise index where two processes differ."""
    if not here:
        return "not measured: no case gave a result"
    for case, mine in here.items():
        other = there.get(f"{name}|{case}")
        if other is None or other.shape != mine.shape:
            return f"{case}: no result of the same shape"
        if not np.array_equal(mine, other):
            row, byte = np.argwhere(mine != other)[0]
            return f"{case}: differs first in row {row}, byte {byte} of the row"
    return "bit-equal"


def measure(backends: Sequence[Backend]) -> dict[str, dict[str, Any]]:
    """Facts by backend name: ``fresh_process`` and ``one_thread``, against this process."""
    names = [backend.spec.name for backend in backends]
    here = {backend.spec.name: results(backend) for backend in backends}
    told: dict[str, dict[str, Any]] = {name: {} for name in names}
    for fact, environment in (("fresh_process", {}), ("one_thread", ONE_THREAD)):
        try:
            there = elsewhere(names, environment)
        except (subprocess.SubprocessError, OSError) as error:
            for name in names:
                told[name][fact] = f"not measured: {type(error).__name__}"
            continue
        for name in names:
            told[name][fact] = compare(name, here[name], there)
    return told


def main(path: str, seed: str, *names: str) -> None:
    """Write the results of the named backends to ``path``; one that is missing has none."""
    data.SEED.set(int(seed))
    stored = {}
    for name in names:
        try:
            backend = load(name)
        except Unavailable:
            continue
        stored.update({f"{name}|{case}": result for case, result in results(backend).items()})
    np.savez(path, **stored)  # type: ignore[arg-type]  # the stubs take savez's own options for arrays


if __name__ == "__main__":
    main(*sys.argv[1:])
