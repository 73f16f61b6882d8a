"""Measures determinism: equal bits in a fresh process and with another number of threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.backends.find_adapter import UnknownBackendError
from conv2d_conformance.backends.protocol import Unavailable
from conv2d_conformance.cases.case import Case
from conv2d_conformance.errors import NonconformanceError
from conv2d_conformance.runtime.call_guard import GuardedBackend
from conv2d_conformance.runtime.in_process import SECONDS
from conv2d_conformance.runtime.runner_pool import RunnerPool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conv2d_conformance.backends.protocol import Spec
    from conv2d_conformance.probe.measured_call import ComparedCall

# Small, odd, and large enough for a framework to divide the work among threads.
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


def results(guarded: GuardedBackend) -> dict[str, bytes]:
    """Return the shape and the bits of the result of each case that the call takes."""
    found = {}
    call = getattr(guarded, guarded.spec.operation)
    for case in CASES:
        try:
            result = np.asarray(call(*case.arrays(), _padding(guarded.spec, case)))
        except Exception:  # noqa: BLE001, S112  (what a call refuses is no matter of determinism)
            continue
        found[case.id] = repr(result.shape).encode() + result.tobytes()
    return found


def _padding(spec: Spec, case: Case) -> str:
    """Return the case's padding, or one that the call declares: not every call has ``same``."""
    word = case.padding_word
    return word if word in (spec.paddings or word) else spec.paddings[0]


def compare(here: dict[str, bytes], there: dict[str, bytes]) -> str:
    """Return ``bit-equal``, or the first case in which two processes differ."""
    if not here:
        return "not measured: no case gave a result"
    differing = (case for case, bits in here.items() if there.get(case) != bits)
    case = next(differing, None)
    return "bit-equal" if case is None else f"{case}: differs"


def measure(
    subjects: Sequence[ComparedCall], seconds: float = SECONDS
) -> dict[str, dict[str, Any]]:
    """Return facts by backend name: ``fresh_process`` and ``one_thread``, against this process.

    ``seconds`` is the deadline of each call in the other process.
    """
    facts: dict[str, dict[str, Any]] = {subject.spec.name: {} for subject in subjects}
    here = {}
    for subject in subjects:
        with subject.cost.charge("determinism"):
            here[subject.spec.name] = results(subject.guarded)
    for fact, environment in (("fresh_process", {}), ("one_thread", ONE_THREAD)):
        pool = RunnerPool(environment, seconds)
        for subject in subjects:
            name = subject.spec.name
            with subject.cost.charge("determinism"):
                facts[name][fact] = _elsewhere(pool, subject, here[name])
        pool.stop()
    return facts


def _elsewhere(pool: RunnerPool, subject: ComparedCall, here: dict[str, bytes]) -> str:
    """Compare with another process, which has one framework."""
    try:
        there = GuardedBackend(pool.runner(subject.selector))
    except (Unavailable, UnknownBackendError, NonconformanceError) as error:
        return f"not measured: {error}"
    return compare(here, results(there))
