"""The fingerprint of a run: enough to decide whether two results may be compared."""

from __future__ import annotations

import os
import platform
from functools import cache
from typing import TYPE_CHECKING

import cpuinfo

from conv2d_conformance.backends.worker.installed_packages import installed as read

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Fingerprint
    from conv2d_conformance.runtime.in_process import Runner


def take(runner: Runner | None = None) -> Fingerprint:
    """Return Python, machine, threads and every distribution, of a worker or this process."""
    cpu = cpuinfo.get_cpu_info()
    return {
        "python": runner.python if runner else platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpu": str(cpu.get("brand_raw", "unknown")),
        "cpu_flags": sorted(str(flag) for flag in cpu.get("flags", ())),
        "threads": str(usable_cores()),
        "packages": dict(runner.packages) if runner else installed(),
    }


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def installed() -> dict[str, str]:
    """Return the version of every distribution of this Python, by normalised name."""
    return read()
